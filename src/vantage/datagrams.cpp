#include "vantage/datagrams.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "wire/stun_binding.hpp"

namespace ringback::vantage {

template <std::size_t room>
struct DatagramSlot {
  SocketAddress peer;
  alignas(cmsghdr) std::array<std::byte, 64> control;
  std::array<std::byte, room> bytes;
  iovec payload;
  std::size_t bare = 0;   ///< bytes without the filling
};

namespace {

constexpr int set = 1;
constexpr std::size_t receive_bytes = 1500;

template <class Info, std::size_t size>
std::optional<Address> address_in(const cmsghdr& header, const void* data, std::size_t at) {
  if (header.cmsg_len < CMSG_LEN(sizeof(Info))) return std::nullopt;
  std::array<std::uint8_t, size> bytes{};
  std::memcpy(bytes.data(), static_cast<const std::byte*>(data) + at, bytes.size());
  return Address::from_bytes(bytes);
}

template <class Info>
void put_control(msghdr& message, int level, int type, const Info& info) {
  auto* c = CMSG_FIRSTHDR(&message);
  c->cmsg_level = level;
  c->cmsg_type = type;
  c->cmsg_len = CMSG_LEN(sizeof info);
  std::memcpy(CMSG_DATA(c), &info, sizeof info);
  message.msg_controllen = CMSG_SPACE(sizeof info);
}

void put_source(msghdr& message, const Address& source) {
  if (source.is_v4()) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, source.bytes().data(), 4);
    put_control(message, IPPROTO_IP, IP_PKTINFO, info);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, source.bytes().data(), 16);
    put_control(message, IPPROTO_IPV6, IPV6_PKTINFO, info);
  }
}

template <std::size_t room>
void point(mmsghdr& header, DatagramSlot<room>& slot) {
  slot.payload = {slot.bytes.data(), slot.bytes.size()};
  header.msg_hdr = {};
  header.msg_hdr.msg_name = slot.peer.get();
  header.msg_hdr.msg_iov = &slot.payload;
  header.msg_hdr.msg_iovlen = 1;
}

template <std::size_t room>
bool take_filling_off(DatagramSlot<room>& slot) {
  if (slot.payload.iov_len == slot.bare) return false;
  slot.payload.iov_len = slot.bare;
  wire::stun::cut_to(slot.bytes, slot.bare);
  return true;
}

}  // namespace

struct Arrivals::Slots {
  std::array<mmsghdr, datagrams_at_once> headers;
  std::array<DatagramSlot<receive_bytes>, datagrams_at_once> slots;
};

Arrivals::Arrivals() : slots_(new Slots) {
  for (std::size_t i = 0; i < datagrams_at_once; ++i) point(slots_->headers[i], slots_->slots[i]);
}

Arrivals::~Arrivals() = default;

std::size_t Arrivals::receive(const UniqueFd& fd) {
  for (std::size_t i = 0; i < datagrams_at_once; ++i) {
    auto& message = slots_->headers[i].msg_hdr;
    message.msg_namelen = sizeof(sockaddr_storage);
    message.msg_control = slots_->slots[i].control.data();
    message.msg_controllen = slots_->slots[i].control.size();
  }
  const int count = ::recvmmsg(fd.get(), slots_->headers.data(), datagrams_at_once, MSG_DONTWAIT, nullptr);
  for (int i = 0; i < count; ++i)
    slots_->slots[static_cast<std::size_t>(i)].peer.length = slots_->headers[static_cast<std::size_t>(i)].msg_hdr.msg_namelen;
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

const SocketAddress& Arrivals::from(std::size_t i) const { return slots_->slots[i].peer; }

std::optional<Address> Arrivals::to(std::size_t i) const {
  auto& message = slots_->headers[i].msg_hdr;
  for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
      return address_in<in_pktinfo, 4>(*c, CMSG_DATA(c), offsetof(in_pktinfo, ipi_addr));
    if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
      return address_in<in6_pktinfo, 16>(*c, CMSG_DATA(c), offsetof(in6_pktinfo, ipi6_addr));
  }
  return std::nullopt;
}

wire::ByteView Arrivals::bytes(std::size_t i) const {
  const auto& header = slots_->headers[i];
  if ((header.msg_hdr.msg_flags & MSG_TRUNC) != 0) return {};
  return std::span(slots_->slots[i].bytes).first(std::min<std::size_t>(header.msg_len, receive_bytes));
}

struct Departures::Slots {
  std::array<mmsghdr, datagrams_at_once> headers;
  std::array<DatagramSlot<most_bytes>, datagrams_at_once> slots;
};

Departures::Departures() : slots_(new Slots) {
  for (std::size_t i = 0; i < datagrams_at_once; ++i) point(slots_->headers[i], slots_->slots[i]);
}

Departures::~Departures() = default;

void Departures::add(const SocketAddress& to, const std::optional<Address>& source, wire::ByteView bytes, std::size_t filled_to) {
  if (count_ == datagrams_at_once || std::max(bytes.size(), filled_to) > most_bytes) return;
  auto& slot = slots_->slots[count_];
  auto& message = slots_->headers[count_].msg_hdr;
  ++count_;
  std::memcpy(&slot.peer.storage, &to.storage, std::min<std::size_t>(to.length, sizeof slot.peer.storage));
  message.msg_namelen = to.length;
  std::ranges::copy(bytes, slot.bytes.begin());
  slot.payload.iov_len = slot.bare = bytes.size();
  if (filled_to > bytes.size()) {
    wire::stun::fill_up(std::span(slot.bytes).first(filled_to), bytes.size());
    slot.payload.iov_len = filled_to;
  }
  message.msg_control = source ? slot.control.data() : nullptr;
  message.msg_controllen = source ? slot.control.size() : 0;
  if (source) put_source(message, *source);
}

void Departures::send(const UniqueFd& fd) {
  const auto count = std::exchange(count_, 0);
  for (std::size_t done = 0; done < count;) {
    const int sent = ::sendmmsg(fd.get(), &slots_->headers[done], static_cast<unsigned>(count - done), MSG_DONTWAIT | MSG_NOSIGNAL);
    // The first of the rest is what could not be sent; those after it may be.
    if (sent <= 0 && errno == EMSGSIZE && take_filling_off(slots_->slots[done])) continue;
    done += sent > 0 ? static_cast<std::size_t>(sent) : 1;
  }
}

Expected<void> keep_whole(const UniqueFd& fd, Family family) {
  const int v4 = IP_PMTUDISC_DO, v6 = IPV6_PMTUDISC_DO;
  const int kept = family == Family::ipv4 ? ::setsockopt(fd.get(), IPPROTO_IP, IP_MTU_DISCOVER, &v4, sizeof v4)
                                          : ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6, sizeof v6);
  if (kept != 0) return tl::unexpected(system_error("set IP_MTU_DISCOVER", errno));
  return {};
}

Expected<void> tell_destination(const UniqueFd& fd, Family family) {
  const int told = family == Family::ipv4 ? ::setsockopt(fd.get(), IPPROTO_IP, IP_PKTINFO, &set, sizeof set)
                                          : ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_RECVPKTINFO, &set, sizeof set);
  if (told != 0) return tl::unexpected(system_error("set IP_PKTINFO", errno));
  return {};
}

}  // namespace ringback::vantage
