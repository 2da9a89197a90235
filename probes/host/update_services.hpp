#pragma once
/// Services that keep names, by the URLs that their users' scripts call.
#include <string_view>

namespace ringback::host {

struct UpdateService {
  std::string_view url;                ///< stands in the URL
  std::string_view label_of;           ///< what is behind a bare label: "home" is "home.duckdns.org"; empty: names are whole
  std::string_view six;                ///< the parameter that takes an IPv6 address; empty: not known
  bool sees_ipv4_alone = false;        ///< as what a call comes in; an IPv6 address has to be said
  bool takes_what_is_told = false;     ///< without an address it changes none
};

/// nullptr: the line calls none.
[[nodiscard]] const UpdateService* update_service_in(std::string_view line);

}  // namespace ringback::host
