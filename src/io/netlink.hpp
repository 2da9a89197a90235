#pragma once
/// rtnetlink(7) over libmnl: what the kernel says of interfaces, routes and neighbours.
///
/// It answers while the question is being sent, and a table piece by piece as it is read: nothing of it waits for more than a lock of the
/// kernel's. A table may be long, though (a router with the internet's whole routing table): between the pieces the deadline counts.
#include <libmnl/libmnl.h>

#include <functional>
#include <memory>
#include <vector>

#include "base/clock.hpp"
#include "net/link.hpp"

namespace ringback::io {

[[nodiscard]] Expected<std::vector<Interface>> read_interfaces(Deadline deadline, const Clock& clock);
[[nodiscard]] Expected<std::vector<Route>> read_routes(Deadline deadline, const Clock& clock);
[[nodiscard]] Expected<std::vector<Neighbour>> read_neighbours(Deadline deadline, const Clock& clock);
[[nodiscard]] Expected<RouteLookup> look_up_route(const Address& destination, const std::optional<std::string>& interface, const Clock& clock);
[[nodiscard]] Expected<RouteLookup> look_up_route_back(Protocol protocol, const Endpoint& from, const Endpoint& to, const Clock& clock);
/// False where the kernel cannot be asked.
[[nodiscard]] bool is_own_address(const Address& address, const Clock& clock);

/// A request that is being put together, in a buffer of its own.
class NetlinkRequest {
 public:
  NetlinkRequest(std::uint16_t type, std::uint16_t flags);
  NetlinkRequest(const NetlinkRequest&) = delete;
  NetlinkRequest& operator=(const NetlinkRequest&) = delete;
  template <class Header>
  Header& extra() {
    return *static_cast<Header*>(mnl_nlmsg_put_extra_header(header_, sizeof(Header)));
  }
  [[nodiscard]] nlmsghdr* get() { return header_; }

 private:
  alignas(nlmsghdr) std::array<char, 1024> buffer_{};
  nlmsghdr* header_;
};

/// Sends one request over a socket of its own and hands every answering message to `each`. A dump that changed meanwhile
/// (NLM_F_DUMP_INTR) is begun anew: `restart` forgets what came so far. Errc::timed_out: the deadline came before the last message.
Expected<void> netlink_exchange(int bus, NetlinkRequest& request, const std::string& what, const std::function<void(const nlmsghdr*)>& each,
                                const std::function<void()>& restart, Deadline deadline, const Clock& clock);

/// The attributes of one message (or of one nested attribute), by type; a type beyond the table is left out.
class Attributes {
 public:
  Attributes(const nlmsghdr* message, std::size_t header_size);
  explicit Attributes(const nlattr* nest);
  /// Of the bytes behind a structure that is not a message of its own (rtnexthop).
  Attributes(const void* bytes, std::size_t length);

  [[nodiscard]] const nlattr* find(unsigned type) const { return type < table_.size() ? table_[type] : nullptr; }
  [[nodiscard]] std::optional<std::uint32_t> u32(unsigned type) const;
  [[nodiscard]] std::optional<std::uint8_t> u8(unsigned type) const;
  [[nodiscard]] std::string text(unsigned type) const;
  [[nodiscard]] std::optional<Address> address(unsigned type) const;
  /// A structure of the kernel's headers; nullopt where the attribute is too short for it.
  template <class T>
  [[nodiscard]] std::optional<T> structure(unsigned type) const {
    T value{};
    return copy(type, &value, sizeof value) ? std::optional<T>(value) : std::nullopt;
  }

 private:
  bool copy(unsigned type, void* into, std::size_t size) const;
  void add_all(const void* bytes, std::size_t length);
  std::array<const nlattr*, 80> table_{};
};

}  // namespace ringback::io
