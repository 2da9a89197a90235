#include "io/system_lookup.hpp"

#include <algorithm>

#include "io/child_program.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t most_output = 64 * 1024, most_addresses = 64;
constexpr int no_such_key = 2;   // getent(1), EXIT STATUS

}  // namespace

Expected<std::vector<Address>> look_up_as_programs(const std::string& host, Deadline deadline, const Clock& clock) {
  const auto what = "look up " + host;
  const auto printed = run_program({.program = "/usr/bin/getent", .arguments = {"ahosts", "--", host}, .most_output = most_output}, deadline, clock, what);
  if (!printed) return tl::unexpected(printed.error());
  if (printed->status == no_such_key) return failure(Errc::refused, what + ": no such name, or it has no address");
  if (printed->status != 0) return failure(Errc::failed, what + ": getent failed");
  std::vector<Address> addresses;
  std::string_view rest = printed->text;
  while (!rest.empty() && addresses.size() < most_addresses) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    // The address stands first; a link-local one with its zone.
    const auto address = Address::parse(line.substr(0, line.find_first_of(" %")));
    if (address && std::ranges::find(addresses, *address) == addresses.end()) addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace ringback::io
