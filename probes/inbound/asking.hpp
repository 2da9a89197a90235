#pragma once
/// Where a vantage point is, and a request to it.
#include "io/network.hpp"
#include "plan/plan.hpp"
#include "probes/inbound/evidence.hpp"

namespace ringback::inbound {

struct SessionResult {
  Vantage vantage;
  std::vector<Knock> knocks;
};

/// HOST and port of "http://HOST[:PORT]", also https, also with "echoip+" before it.
[[nodiscard]] Expected<HostPort> host_of(const std::string& url);

/// Errc::no_route where it has no address of this family.
[[nodiscard]] Expected<Endpoint> find_server(const std::string& url, Family family, const io::World& world, Deadline deadline);

/// To `path` at a vantage point whose `server` was found; `source` is bound where it is given, the interface where the leg says so.
[[nodiscard]] io::HttpRequest request_to(const Vantage& vantage, const std::string& path, const Leg& leg, const std::optional<Address>& source);

}  // namespace ringback::inbound
