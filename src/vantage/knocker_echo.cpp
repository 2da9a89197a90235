#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>

#include "vantage/knocker.hpp"
#include "vantage/socket.hpp"
#include "wire/reader.hpp"

namespace ringback::vantage {
namespace {

struct EchoTypes {
  std::uint8_t request;
  std::uint8_t reply;
};
/// RFC 792, RFC 4443 §4.
constexpr EchoTypes echo_types(Family family) { return family == Family::ipv4 ? EchoTypes{8, 0} : EchoTypes{128, 129}; }

/// RFC 1071. The kernel fills in the checksum of ping sockets and of ICMPv6; of a raw IPv4 socket it does not.
std::uint16_t internet_checksum(wire::ByteView bytes) {
  wire::Reader reader(bytes);
  std::uint32_t sum = 0;
  while (reader.left() >= 2) sum += reader.u16();
  if (reader.left() == 1) sum += static_cast<std::uint32_t>(reader.u8()) << 8;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

wire::Bytes echo_request(Family family, std::uint16_t identifier, std::uint16_t sequence, const std::string& payload) {
  wire::Writer writer;
  writer.u8(echo_types(family).request).u8(0).u16(0).u16(identifier).u16(sequence).text(payload);
  auto bytes = writer.take();
  if (family == Family::ipv4) {
    const auto sum = internet_checksum(bytes);
    bytes[2] = std::byte(sum >> 8);
    bytes[3] = std::byte(sum & 0xff);
  }
  return bytes;
}

/// Raw IPv4 sockets give the IP header too (raw(7)).
wire::ByteView without_ipv4_header(wire::ByteView bytes) {
  if (bytes.empty()) return {};
  const std::size_t header = (std::to_integer<std::size_t>(bytes[0]) & 0x0f) * 4;
  return bytes.subspan(std::min(header, bytes.size()));
}

class EchoKnocker : public Knocker {
 public:
  EchoKnocker(Announcement announcement, UniqueFd fd, bool raw)
      : announcement_(std::move(announcement)), payload_(knock_payload(announcement_.nonce)), fd_(std::move(fd)), raw_(raw) {}

  [[nodiscard]] const Announcement& announcement() const override { return announcement_; }
  [[nodiscard]] std::span<const milliseconds> schedule() const override { return datagram_schedule; }
  [[nodiscard]] bool answers_by_write() const override { return false; }
  [[nodiscard]] std::vector<int> descriptors() const override { return {fd_.get()}; }

  std::optional<Outcome> attempt(std::size_t n) override {
    const auto packet = echo_request(family(), identifier(), static_cast<std::uint16_t>(n), payload_);
    if (::send(fd_.get(), packet.data(), packet.size(), MSG_NOSIGNAL) >= 0) return std::nullopt;
    const int error = errno;
    if (auto decided = look(0)) return decided;
    if (n > 0 || error == EAGAIN) return std::nullopt;
    return Outcome{Result::unavailable, {}, system_error("send icmp echo " + announcement_.target.to_string(), error).what};
  }

  std::optional<Outcome> look(std::size_t) override {
    while (const auto error = next_icmp_error(fd_))
      // The kernel gives ping sockets what they sent; a raw socket gets the errors about everybody's echo requests.
      if (!raw_ || is_ours({error->quoted.data(), error->quoted_size}, echo_types(family()).request))
        return Outcome{Result::unreachable, error->icmp, {}};
    std::array<std::byte, 256> buffer;
    for (unsigned packets = 0; packets < 64; ++packets) {
      const auto size = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size < 0) break;
      const auto bytes = wire::ByteView(buffer).first(static_cast<std::size_t>(size));
      if (is_ours(raw_ && family() == Family::ipv4 ? without_ipv4_header(bytes) : bytes, echo_types(family()).reply))
        return Outcome{Result::replied, {}, {}};
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] Family family() const { return announcement_.target.family(); }
  [[nodiscard]] std::uint16_t identifier() const { return announcement_.ports.front(); }
  /// The identifier and the nonce are ours; what a router quotes may be cut after the first eight bytes (RFC 792).
  [[nodiscard]] bool is_ours(wire::ByteView message, std::uint8_t type) const {
    wire::Reader reader(message);
    const auto got = reader.u8();
    reader.skip(3);
    const auto id = reader.u16();
    reader.skip(2);
    if (!reader.ok() || got != type || id != identifier()) return false;
    const auto payload = wire::as_text(reader.rest());
    return type == echo_types(family()).request ? payload_.starts_with(payload.substr(0, payload_.size())) : payload == payload_;
  }

  Announcement announcement_;
  std::string payload_;
  UniqueFd fd_;
  bool raw_;
};

/// Of everything that raw sockets are given, the echo replies alone.
void filter_replies(const UniqueFd& fd, Family family) {
  if (family == Family::ipv4) {
    icmp_filter filter{~(1U << ICMP_ECHOREPLY)};
    ::setsockopt(fd.get(), SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
  } else {
    icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    ::setsockopt(fd.get(), IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  }
}

}  // namespace

Expected<std::unique_ptr<Knocker>> open_echo_knocker(Announcement announcement, Random& random) {
  const auto family = announcement.target.family();
  const int protocol = family == Family::ipv4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  auto fd = open_socket(family, SOCK_DGRAM, protocol);  // net.ipv4.ping_group_range decides whether this may be
  const bool raw = !fd;
  if (raw) fd = open_socket(family, SOCK_RAW, protocol);
  if (!fd) return failure(fd.error().code, "open an ICMP echo socket: neither net.ipv4.ping_group_range nor CAP_NET_RAW permits it");
  if (raw) filter_replies(*fd, family);
  if (auto bound = bind_socket(*fd, {announcement.source, 0}); !bound) return tl::unexpected(bound.error());
  if (auto kept = keep_icmp_errors(*fd, family); !kept) return tl::unexpected(kept.error());
  const auto address = to_socket({announcement.target, 0});
  if (::connect(fd->get(), address.get(), address.length) != 0)
    return tl::unexpected(system_error("connect icmp " + announcement.target.to_string(), errno));
  announcement.ports = {raw ? random.number<std::uint16_t>() : local_endpoint(*fd).port};
  return std::make_unique<EchoKnocker>(std::move(announcement), std::move(*fd), raw);
}

}  // namespace ringback::vantage
