/// Configuration of updaters, scripts and lines of cron: whatever the octets are, nothing crashes, and nothing is kept but short plain words.
#include <algorithm>
#include <cstdlib>

#include "probes/host/updaters.hpp"

using namespace ringback::host;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_plain(const std::string& text) {
  return std::ranges::all_of(text, [](char ch) { return ch >= ' ' && ch <= '~'; });
}

void check(const std::vector<Updater>& found) {
  require(found.size() <= 64);
  for (const auto& updater : found) {
    require(updater.names.size() <= 32);
    for (const auto& name : updater.names) require(host_name(name) == name);
    for (const auto* way : {&updater.ipv4, &updater.ipv6}) {
      require(way->interface.empty() || interface_name(way->interface) == way->interface);
      require(way->setting.size() <= 64 && is_plain(way->setting));
      require(way->parameter.size() <= 16 && is_plain(way->parameter));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(read_ddclient(text));
  check(read_inadyn(text, [&](const std::string&) { return std::string(text.substr(0, size / 2)); }));
  check(read_ddns_updater(text));
  const Familiar known{.names = {"home.example.org"}, .interfaces = {"eth0"}};
  if (const auto script = read_update_script(text, {"home.example.org", "device=eth0", "My.Passphrase"}, known)) {
    check({*script});
    for (const auto* way : {&script->ipv4, &script->ipv6}) require(way->interface.empty() || way->interface == "eth0");
  }
  return 0;
}
