#pragma once
#include "base/describe.hpp"

namespace ringback {

enum class Family { ipv4, ipv6 };
constexpr auto enum_names(Family) {
  return std::array{EnumName<Family>{Family::ipv4, "ipv4"}, EnumName<Family>{Family::ipv6, "ipv6"}};
}

enum class Protocol { tcp, udp, icmp };
constexpr auto enum_names(Protocol) {
  return std::array{EnumName<Protocol>{Protocol::tcp, "tcp"}, EnumName<Protocol>{Protocol::udp, "udp"},
                    EnumName<Protocol>{Protocol::icmp, "icmp"}};
}

}  // namespace ringback
