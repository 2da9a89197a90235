#pragma once
/// Router Solicitations (RFC 4861 §4.1). The answers are read from a capture: the kernel gives them to itself first.
#include <string>

#include "base/expected.hpp"
#include "base/unique_fd.hpp"

namespace ringback::io {

/// A raw ICMPv6 socket that hears nothing. Errc::not_permitted without CAP_NET_RAW.
[[nodiscard]] Expected<UniqueFd> open_router_solicitor();
/// To ff02::2 on this interface, with hop limit 255 (RFC 4861 §6.3.7).
[[nodiscard]] Expected<void> send_router_solicitation(const UniqueFd& solicitor, const std::string& interface);

}  // namespace ringback::io
