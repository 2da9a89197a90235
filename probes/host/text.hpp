#pragma once
/// Small configuration files, as this probe reads them.
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::host {

[[nodiscard]] std::vector<std::string_view> lines(std::string_view text);
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// Of KEY=VALUE lines (os-release(5), ufw.conf, state files of systemd and NetworkManager): the first, without its quotes.
[[nodiscard]] std::optional<std::string> value_of(std::string_view text, std::string_view key);
/// Optional sign and digits, with nothing but white space around.
[[nodiscard]] std::optional<int> number(std::string_view text);

}  // namespace ringback::host
