#include "io/netlink.hpp"

#include <poll.h>

#include <cstring>

#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr int most_restarts = 8;

struct SocketCloser {
  void operator()(mnl_socket* socket) const { mnl_socket_close(socket); }
};
using Socket = std::unique_ptr<mnl_socket, SocketCloser>;

enum class Dump { done, interrupted };

extern "C" {
static int ringback_on_message(const nlmsghdr* message, void* user) {
  // `each` of this folder only reads and appends; out of memory ends the program, which std::function under noexcept does.
  const auto call = [&]() noexcept { (*static_cast<const std::function<void(const nlmsghdr*)>*>(user))(message); };
  call();
  return MNL_CB_OK;
}
}

Expected<Dump> one_attempt(mnl_socket* socket, nlmsghdr* request, const std::string& what, const std::function<void(const nlmsghdr*)>& each,
                           Deadline deadline, const Clock& clock) {
  if (retry([&] { return mnl_socket_sendto(socket, request, request->nlmsg_len); }) < 0) return system_failure(what, errno);
  const bool dump = (request->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
  std::vector<char> buffer(32768);  // a dump comes in pieces of at most this size (linux/netlink.h)
  const unsigned port = mnl_socket_get_portid(socket);
  for (;;) {
    const auto ready = wait_for(mnl_socket_get_fd(socket), POLLIN, deadline, clock, what);
    if (!ready) return tl::unexpected(ready.error());
    if (*ready == 0) return failure(Errc::timed_out, what + ": not finished by the deadline");
    const auto got = retry([&] { return mnl_socket_recvfrom(socket, buffer.data(), buffer.size()); });
    if (got < 0) return system_failure(what, errno);
    const int state = mnl_cb_run(buffer.data(), static_cast<std::size_t>(got), request->nlmsg_seq, port, ringback_on_message,
                                 const_cast<std::function<void(const nlmsghdr*)>*>(&each));
    if (state < 0 && errno == EINTR) return Dump::interrupted;
    if (state < 0) return system_failure(what, errno);
    if (state == MNL_CB_STOP || !dump) return Dump::done;
    if (deadline.passed(clock)) return failure(Errc::timed_out, what + ": not finished by the deadline");
  }
}

}  // namespace

NetlinkRequest::NetlinkRequest(std::uint16_t type, std::uint16_t flags) : header_(mnl_nlmsg_put_header(buffer_.data())) {
  header_->nlmsg_type = type;
  header_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  header_->nlmsg_seq = 1;
}

Expected<void> netlink_exchange(int bus, NetlinkRequest& request, const std::string& what, const std::function<void(const nlmsghdr*)>& each,
                                const std::function<void()>& restart, Deadline deadline, const Clock& clock) {
  for (int attempt = 0; attempt < most_restarts; ++attempt) {
    // A new socket for each attempt: what is left of the interrupted dump dies with the old one.
    Socket socket(mnl_socket_open2(bus, SOCK_CLOEXEC));
    if (!socket) return system_failure(what, errno);
    if (mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) return system_failure(what, errno);
    const auto done = one_attempt(socket.get(), request.get(), what, each, deadline, clock);
    if (!done) return tl::unexpected(done.error());
    if (*done == Dump::done) return {};
    restart();
  }
  return failure(Errc::exhausted, what + ": the table changes faster than it can be read");
}

Attributes::Attributes(const nlmsghdr* message, std::size_t header_size) {
  const auto length = mnl_nlmsg_get_payload_len(message);
  const std::size_t aligned = (header_size + MNL_ALIGNTO - 1) / MNL_ALIGNTO * MNL_ALIGNTO;
  if (length > aligned) add_all(static_cast<const char*>(mnl_nlmsg_get_payload(message)) + aligned, length - aligned);
}

Attributes::Attributes(const nlattr* nest) { add_all(mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest)); }

Attributes::Attributes(const void* bytes, std::size_t length) { add_all(bytes, length); }

void Attributes::add_all(const void* bytes, std::size_t length) {
  const auto* const end = static_cast<const char*>(bytes) + length;
  for (const auto* attribute = static_cast<const nlattr*>(bytes);
       mnl_attr_ok(attribute, static_cast<int>(end - reinterpret_cast<const char*>(attribute))); attribute = mnl_attr_next(attribute)) {
    const auto type = mnl_attr_get_type(attribute);
    if (type < table_.size()) table_[type] = attribute;
  }
}

bool Attributes::copy(unsigned type, void* into, std::size_t size) const {
  const auto* attribute = find(type);
  if (attribute == nullptr || mnl_attr_get_payload_len(attribute) < size) return false;
  std::memcpy(into, mnl_attr_get_payload(attribute), size);
  return true;
}

std::optional<std::uint32_t> Attributes::u32(unsigned type) const { return structure<std::uint32_t>(type); }
std::optional<std::uint8_t> Attributes::u8(unsigned type) const { return structure<std::uint8_t>(type); }

std::string Attributes::text(unsigned type) const {
  const auto* attribute = find(type);
  if (attribute == nullptr) return {};
  const auto* bytes = static_cast<const char*>(mnl_attr_get_payload(attribute));
  return {bytes, ::strnlen(bytes, mnl_attr_get_payload_len(attribute))};
}

std::optional<Address> Attributes::address(unsigned type) const {
  const auto* attribute = find(type);
  if (attribute == nullptr) return std::nullopt;
  const auto length = mnl_attr_get_payload_len(attribute);
  if (length != 4 && length != 16) return std::nullopt;
  return Address::from_bytes({static_cast<const std::uint8_t*>(mnl_attr_get_payload(attribute)), length});
}

}  // namespace ringback::io
