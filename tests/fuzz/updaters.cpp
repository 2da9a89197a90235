/// Configuration of updaters, scripts and lines of cron: whatever the octets are, nothing crashes, and nothing is kept but short plain words.
#include <algorithm>
#include <cstdlib>

#include "probes/host/updater_lines.hpp"
#include "tests/support/own_files.hpp"

using namespace ringback;
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

class StandingClock : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return {}; }
  void sleep_until(Instant) const override {}
};

class NoDice : public Random {
 public:
  void fill(std::span<std::byte> bytes) override { std::ranges::fill(bytes, std::byte{0}); }
};

/// A host that has the text at one of the places where lines are looked for; whatever else is read there is the second half of it.
class Host : public io::Network {
 public:
  Host(std::string place, std::string_view text) : place_(std::move(place)), text_(text) {}

  Expected<std::string> read_file(const std::string& path, std::size_t limit) override {
    if (path == place_) return std::string(text_.substr(0, limit));
    if (path.starts_with("/proc/") || ++read_ > 256) return none();
    return std::string(text_.substr(text_.size() / 2, limit));
  }
  std::unique_ptr<io::ForeignFiles> foreign_files() override { return std::make_unique<test::OwnFiles>(*this); }
  std::vector<std::string> list_directory(const std::string& path) override {
    if (place_.starts_with(path + "/")) return {place_.substr(path.size() + 1, place_.find('/', path.size() + 1) - path.size() - 1)};
    if (path == "/run/systemd/units") return {"invocation:dyn@home.service", "invocation:ddclient.service"};
    return {};
  }

  Expected<std::vector<Address>> resolve(const std::string&, Deadline) override { return none(); }
  Expected<std::unique_ptr<io::UdpSocket>> open_udp(const io::UdpOptions&) override { return none(); }
  Expected<std::optional<std::size_t>> wait_for_any(std::span<io::UdpSocket* const>, std::size_t, Deadline) override { return none(); }
  Expected<std::unique_ptr<io::TcpStream>> connect_tcp(const Endpoint&, const io::TcpOptions&, Deadline) override { return none(); }
  Expected<io::HttpResponse> http(const io::HttpRequest&, Deadline) override { return none(); }
  Expected<std::unique_ptr<io::Capture>> open_capture(const io::CaptureOptions&) override { return none(); }
  Expected<std::vector<Interface>> interfaces(Deadline) override { return none(); }
  Expected<std::vector<Route>> routes(Deadline) override { return none(); }
  Expected<std::vector<Neighbour>> neighbours(Deadline) override { return none(); }
  Expected<RouteLookup> route_to(const Address&, const std::optional<std::string>&) override { return none(); }
  Expected<RouteLookup> route_back(Protocol, const Endpoint&, const Endpoint&) override { return none(); }
  Expected<std::vector<Listener>> listeners(Deadline) override { return none(); }
  Expected<std::string> nftables_ruleset(Deadline) override { return none(); }

 private:
  static tl::unexpected<Error> none() { return failure(Errc::failed, "there is none"); }

  std::string place_;
  std::string_view text_;
  unsigned read_ = 0;
};

void search_in(const char* place, std::string_view text, const Familiar& known) {
  const StandingClock clock;
  NoDice random;
  Host host(place, text);
  const Processes processes{{"systemd", "cron", "NetworkManager", "dhcpcd", "ddclient", "inadyn"}, true};
  const auto found = find_updaters({host, clock, random}, processes, known, {Instant{} + seconds(10)});
  check(found.updaters);
  require(found.updaters.size() <= 16);
  for (const auto& updater : found.updaters) {
    require(is_plain_path(updater.file));
    require(updater.unit.size() <= 255 && is_plain(updater.unit));
    require(updater.program.size() <= 32 && is_plain(updater.program));
  }
  for (const auto& trouble : found.troubles) require(is_plain(trouble));
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
  for (const auto& call : daemons_called_in(words_of(text))) require(call.program == "ddclient" || call.program == "inadyn");
  for (const auto& word : words_of(text)) {
    const auto path = path_named_by(word, {"pi"});
    require(path.empty() || (is_plain_path(path) && (path + "/").find("/../") == std::string::npos));
  }
  for (const auto* place : {"/etc/crontab", "/var/spool/cron/crontabs/pi", "/etc/systemd/system/dyn.service", "/etc/systemd/system/dyn@.service",
                            "/etc/systemd/system/ddclient.service.d/home.conf", "/etc/NetworkManager/dispatcher.d/50-dyn",
                            "/etc/network/interfaces", "/etc/init.d/inadyn", "/etc/dhcpcd.exit-hook"})
    search_in(place, text, known);
  return 0;
}
