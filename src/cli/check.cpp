#include "cli/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/publishing.hpp"

namespace ringback::cli {
namespace {

namespace po = boost::program_options;

/// A whole number from 1 to `most`.
Expected<unsigned> read_count(const po::variables_map& map, const char* option, unsigned usual, unsigned most) {
  if (map.count(option) == 0) return usual;
  const auto text = map[option].as<std::string>();
  const bool digits = !text.empty() && text.size() <= 4 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  const auto number = digits ? static_cast<unsigned>(std::stoul(text)) : 0;
  if (number < 1 || number > most) return failure(Errc::invalid_input, fmt::format("--{}: \"{}\" is not a number from 1 to {}", option, text.substr(0, 40), most));
  return number;
}

}  // namespace

po::options_description check_options() {
  po::options_description d("For check alone");
  d.add_options()
      ("on-change", po::bool_switch(), "say nothing while nothing changed; the exit status is the same")
      ("hold", po::value<std::string>()->value_name("CHECKS"), "announce something new when so many checks in a row have found it (default 1)")
      ("keep", po::value<std::string>()->value_name("DAYS"), "remember checks for so long (default 400)")
      ("mqtt-remove", po::bool_switch(), "check nothing, and have the broker forget all that it holds of this host");
  add_state_option(d);
  return d.add(publishing_options());
}

Expected<CheckLine> read_check(const po::variables_map& map) {
  CheckLine line{.on_change = map["on-change"].as<bool>(), .destinations = read_publishing(map), .mqtt_remove = map["mqtt-remove"].as<bool>()};
  const auto hold = read_count(map, "hold", line.hold, 100), keep = read_count(map, "keep", line.keep_days, 3660);
  if (!hold) return tl::unexpected(hold.error());
  if (!keep) return tl::unexpected(keep.error());
  line.hold = *hold;
  line.keep_days = *keep;
  return line;
}

void add_state_option(po::options_description& to) {
  to.add_options()("state", po::value<std::string>()->value_name("FOLDER"),
                   "where checks are remembered; otherwise $STATE_DIRECTORY, $XDG_STATE_HOME/ringback, /var/lib/ringback for root, ~/.local/state/ringback for others");
}

Expected<std::optional<std::string>> read_state_folder(const po::variables_map& map) {
  if (map.count("state") == 0) return std::optional<std::string>();
  auto folder = map["state"].as<std::string>();
  if (folder.empty() || folder.find('\0') != std::string::npos) return failure(Errc::invalid_input, "--state: an empty name; write a folder such as /var/lib/ringback");
  return std::optional(std::move(folder));
}

}  // namespace ringback::cli
