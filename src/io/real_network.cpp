#include "io/real_network.hpp"

#include <sys/random.h>

#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "io/capture.hpp"
#include "io/files.hpp"
#include "io/foreign_file.hpp"
#include "io/http.hpp"
#include "io/last_words.hpp"
#include "io/legacy_rules.hpp"
#include "io/netlink.hpp"
#include "io/nftables.hpp"
#include "io/resolver.hpp"
#include "io/router_solicitation.hpp"
#include "io/sock_diag.hpp"
#include "io/system_lookup.hpp"
#include "io/system.hpp"
#include "io/tcp_stream.hpp"
#include "io/udp_socket.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t longest_names = 4096;

struct PreparedCapture {
  CaptureOptions options;
  Expected<std::unique_ptr<Capture>> capture;
};

class HostNetwork : public RealNetwork {
 public:
  HostNetwork(const Clock& clock, const std::optional<Identity>& later) : clock_(clock), rules_(later), lookups_(later) {}

  void prepare(const std::vector<CaptureOptions>& captures, Deadline deadline) override {
    for (const auto& options : captures) captures_.push_back({options, open_pcap_capture(options, clock_)});
    solicitor_ = open_router_solicitor();
    keep_legacy_rules(deadline);
  }

  void keep_legacy_rules(Deadline deadline) override {
    for (const auto* names : {"/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"}) files_.emplace(names, read_whole_file(names, longest_names));
    const bool any = std::ranges::any_of(files_, [](const auto& file) { return file.second && !file.second->empty(); });
    for (const auto family : {Family::ipv4, Family::ipv6})
      if (any) legacy_.push_back(read_legacy_rules(family, deadline, clock_));
  }

  Expected<std::vector<Address>> resolve(const std::string& host, Deadline deadline) override {
    if (!ares_.ready() && !Address::parse(host)) return failure(Errc::exhausted, "resolve " + host + ": c-ares could not be initialised");
    return resolve_host(host, deadline, clock_);
  }
  std::vector<Expected<std::vector<Address>>> look_up(std::span<const std::string> hosts, Deadline deadline) override {
    return lookups_.look_up(hosts, deadline, clock_);
  }
  Expected<std::unique_ptr<UdpSocket>> open_udp(const UdpOptions& options) override { return open_udp_socket(options, clock_); }
  Expected<std::optional<std::size_t>> wait_for_any(std::span<UdpSocket* const> sockets, std::size_t first, Deadline deadline) override {
    return wait_for_any_socket(sockets, first, deadline, clock_);
  }
  Expected<std::unique_ptr<TcpStream>> connect_tcp(const Endpoint& to, const TcpOptions& options, Deadline deadline) override {
    return open_tcp_stream(to, options, deadline, clock_);
  }
  Expected<HttpResponse> http(const HttpRequest& request, Deadline deadline) override {
    if (!curl_.ready()) return failure(Errc::exhausted, "http: libcurl could not be initialised");
    return http_request(request, deadline, clock_);
  }
  Expected<std::unique_ptr<Capture>> open_capture(const CaptureOptions& options) override {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(captures_, options, &PreparedCapture::options);
    if (found == captures_.end()) return open_pcap_capture(options, clock_);
    auto prepared = std::move(found->capture);
    captures_.erase(found);
    return prepared;
  }
  std::unique_ptr<LastWords> leave_last_words(const Message& message) override { return io::leave_last_words(message); }
  Expected<void> solicit_routers(const std::string& interface) override {
    const std::scoped_lock lock(mutex_);
    if (!solicitor_) solicitor_ = open_router_solicitor();
    return *solicitor_ ? send_router_solicitation(**solicitor_, interface) : tl::unexpected(solicitor_->error());
  }

  Expected<std::vector<Interface>> interfaces(Deadline deadline) override { return read_interfaces(deadline, clock_); }
  Expected<std::vector<Route>> routes(Deadline deadline) override { return read_routes(deadline, clock_); }
  Expected<std::vector<Neighbour>> neighbours(Deadline deadline) override { return read_neighbours(deadline, clock_); }
  Expected<RouteLookup> route_to(const Address& destination, const std::optional<std::string>& interface) override {
    return look_up_route(destination, interface, clock_);
  }
  Expected<RouteLookup> route_back(Protocol protocol, const Endpoint& from, const Endpoint& to) override {
    return look_up_route_back(protocol, from, to, clock_);
  }
  Expected<std::vector<Listener>> listeners(Deadline deadline) override { return read_listeners(deadline, clock_); }
  Expected<std::string> nftables_ruleset(Deadline deadline) override { return rules_.read(RulesetForm::json, deadline, clock_); }
  Expected<std::string> nftables_listing(Deadline deadline) override { return rules_.read_text(deadline, clock_); }
  Expected<std::string> legacy_rules(Family family, Deadline deadline) override {
    return legacy_.empty() ? read_legacy_rules(family, deadline, clock_) : legacy_[family == Family::ipv4 ? 0 : 1];
  }
  Expected<std::string> read_file(const std::string& path, std::size_t limit) override {
    const auto prepared = files_.find(path);
    if (prepared != files_.end()) return prepared->second;
    const AsCaller as_caller;
    return read_whole_file(path, limit);
  }
  std::unique_ptr<ForeignFiles> foreign_files() override { return open_foreign_files(clock_); }
  std::vector<std::string> list_directory(const std::string& path) override { return names_in_directory(path); }
  std::optional<Moment> calendar_time() override {
    return Moment{std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now())};
  }

 private:
  const Clock& clock_;
  RulesetReader rules_;   ///< these two first: their children are to inherit nothing of the others
  SystemLookups lookups_;
  std::mutex mutex_;
  std::vector<PreparedCapture> captures_;               ///< guarded by mutex_
  std::optional<Expected<UniqueFd>> solicitor_;         ///< guarded by mutex_
  std::vector<Expected<std::string>> legacy_;           ///< empty: not read in advance; otherwise IPv4's and IPv6's
  std::map<std::string, Expected<std::string>> files_;  ///< those that root alone may read, once prepared
  CurlLibrary curl_;
  AresLibrary ares_;
};

}  // namespace

Instant RealClock::now() const { return std::chrono::steady_clock::now(); }
void RealClock::sleep_until(Instant until) const { std::this_thread::sleep_until(until); }

void RealRandom::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const auto got = retry([&] { return ::getrandom(bytes.data(), bytes.size(), 0); });
    if (got < 0) throw std::runtime_error("getrandom failed");  // cannot happen on a kernel that has it
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

std::unique_ptr<RealNetwork> make_real_network(const Clock& clock, const std::optional<Identity>& later) {
  return std::make_unique<HostNetwork>(clock, later);
}

}  // namespace ringback::io
