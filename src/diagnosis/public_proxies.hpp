#pragma once
/// Reverse proxies in front of many homes: a name that leads to one of them does so on purpose.
#include <optional>
#include <string_view>
#include <vector>

#include "net/prefix.hpp"
#include "net/service.hpp"

namespace ringback::diagnosis {

[[nodiscard]] const std::vector<Prefix>& networks_of_proxies();
/// Whose proxy answers at this address; absent: no known one.
[[nodiscard]] std::optional<std::string_view> operator_of_proxy(const Address& address);
/// Whether visitors of this service get through such a proxy: web pages, on the ports that it listens on.
[[nodiscard]] bool passes_proxy(const Service& service);

}  // namespace ringback::diagnosis
