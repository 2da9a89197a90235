#include <fmt/format.h>

#include <set>

#include "watch/wait.hpp"

namespace ringback::watch {

std::string filter_expression(const Service& service) {
  std::set<std::string> ports;
  for (const auto port : {service.inside, service.outside}) ports.insert(fmt::format("{} port {}", to_string(service.protocol), port));
  // Of TCP what opens, resets or is short: the acknowledgement that completes a handshake is, the payload of a busy service is not.
  const auto mine = fmt::format("({})", fmt::join(ports, " or "));
  const auto wanted = service.protocol == Protocol::tcp ? fmt::format("({} and (less 160 or tcp[13] & 6 != 0))", mine) : mine;
  // The filter machine does not walk IPv6 extension headers (next header 0, 43, 44, 60): such packets are looked at afterwards.
  return fmt::format(
      "{} or icmp[0] == 3 or (ip6[6] == 58 and ip6[40] == 1) or (ip6 and (ip6[6] == 0 or ip6[6] == 43 or ip6[6] == 44 or ip6[6] == 60))",
      wanted);
}

}  // namespace ringback::watch
