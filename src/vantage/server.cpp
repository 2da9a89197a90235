#include "vantage/server.hpp"

#include "vantage/asio.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "vantage/api.hpp"
#include "vantage/metrics.hpp"
#include "vantage/socket.hpp"
#include "vantage/stun_server.hpp"

namespace ringback::vantage {
namespace {

std::vector<Address> of_family(const std::vector<Address>& addresses, Family family) {
  std::vector<Address> result;
  std::ranges::copy_if(addresses, std::back_inserter(result), [&](const Address& a) { return a.family() == family; });
  return result;
}

/// Addresses that were named, without those that stand for all.
std::vector<Address> named(const Options& options) {
  auto result = options.listen;
  std::erase_if(result,
                [&](const Address& a) { return std::ranges::find(options.listen, Address::any(a.family())) != options.listen.end(); });
  return result;
}

Limits with_budgets(Limits limits, const Options& options) {
  if (options.http_budget) limits.question_rates.of_all = a_second(*options.http_budget);
  if (options.stun_budget) limits.stun_rates.of_all = a_second(*options.stun_budget);
  return limits;
}

Limits for_metrics(Limits limits) {
  limits.connections = limits.metrics_connections;
  limits.connections_part = 1;
  return limits;
}

Expected<void> check_knock_from(const Options& options) {
  for (const auto& address : options.knock_from) {
    const auto fd = open_socket(address.family(), SOCK_DGRAM, IPPROTO_UDP);
    if (!fd) return tl::unexpected(fd.error());
    if (const auto bound = bind_socket(*fd, {address, 0}); !bound) return failure(bound.error().code, "knock from: " + bound.error().what);
  }
  return {};
}

}  // namespace

struct Server::Parts {
  Parts(const Options& options_, const Limits& limits_, const Clock& clock, Random& random, std::ostream& log_)
      : options(options_),
        limits(with_budgets(limits_, options_)),
        log(log_),
        refusals(log_, clock),
        faults(log_, clock, counters),
        knock_slots(limits.knocks, limits.knocks_part),
        io(1),
        signals(io),
        stopping(io),
        api(io, {options.allow_special, options.knock_from, named(options)}, limits, clock, random, knock_slots, counters, refusals,
            faults),
        metrics_page(counters),
        http(io, limits, api, clock, counters, faults),
        metrics(io, for_metrics(limits), metrics_page, clock, metrics_counters, faults),
        stun(io, options.stun_open, options.allow_special, limits, clock, random.number<std::uint64_t>(), counters, faults) {}
  ~Parts() {
    begin_stop();
    abort();
    io.restart();
    io.poll();  // what was under way lets go of its sockets
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  void say(const std::string& line) { log << "ringback-vantage: " << line << '\n' << std::flush; }
  Expected<void> listen();
  Expected<void> listen(const std::vector<Address>& addresses, bool may_lack);
  Expected<void> listen_stun(const std::vector<Address>& addresses, bool may_lack);
  void begin_stop();
  void abort();
  void run();

  Options options;
  Limits limits;
  std::ostream& log;
  Counters counters;
  Counters metrics_counters;
  RefusalLog refusals;
  Faults faults;
  FairPool knock_slots;
  asio::io_context io;  ///< after whatever its handlers let go of
  asio::signal_set signals;
  asio::steady_timer stopping;
  Api api;
  MetricsPage metrics_page;
  http::Server http;
  http::Server metrics;
  StunServer stun;
  std::vector<Endpoint> http_at, stun_at;
  bool stopped = false;
};

Expected<void> Server::Parts::listen(const std::vector<Address>& addresses, bool may_lack) {
  for (const auto& address : addresses) {
    const auto at = http.listen({address, options.http_port});
    if (at) http_at.push_back(*at);
    else if (!may_lack || at.error().code != Errc::unsupported) return tl::unexpected(at.error());
  }
  return options.stun_port ? listen_stun(addresses, may_lack) : Expected<void>{};
}

Expected<void> Server::Parts::listen_stun(const std::vector<Address>& addresses, bool may_lack) {
  const auto port = *options.stun_port;
  auto rest = addresses;
  if (rest.size() >= 2 && port != 0 && port != 65535) {
    const Endpoint primary{rest[0], port}, alternate{rest[1], static_cast<Port>(port + 1)};
    if (const auto both = stun.listen_behaviour(primary, alternate)) {
      stun_at.insert(stun_at.end(), {primary, {alternate.address, port}});
      rest.erase(rest.begin(), rest.begin() + 2);
    } else {
      say("no RFC 5780: " + both.error().what);
    }
  }
  for (const auto& address : rest) {
    const auto at = stun.listen({address, port});
    if (at) stun_at.push_back(*at);
    else if (!may_lack || at.error().code != Errc::unsupported) return tl::unexpected(at.error());
  }
  return {};
}

Expected<void> Server::Parts::listen() {
  for (const auto family : {Family::ipv4, Family::ipv6}) {
    const auto any = Address::any(family);
    const auto given = of_family(options.listen, family);
    // Without --listen a host may lack a family; what was named must work.
    const bool all = given.empty() || std::ranges::find(given, any) != given.end();
    if (given.empty() && !options.listen.empty()) continue;
    if (const auto done = listen(all ? std::vector{any} : given, given.empty()); !done) return done;
  }
  if (http_at.empty()) return failure(Errc::unsupported, "listen http: this host has neither IPv4 nor IPv6");
  if (options.metrics)
    if (const auto at = metrics.listen(*options.metrics); !at) return tl::unexpected(at.error());
  for (const auto& at : http_at) say("http on " + at.to_string());
  for (const auto& at : stun_at) say("stun on " + at.to_string());
  if (options.metrics) say("metrics on " + options.metrics->to_string());
  return {};
}

void Server::Parts::begin_stop() {
  if (std::exchange(stopped, true)) return;
  say("stopping");
  signals.cancel();
  stun.stop();
  metrics.stop({});
  metrics.abort();
  stopping.expires_after(limits.stop_timeout);
  stopping.async_wait([this](const boost::system::error_code& error) {
    if (!error) abort();
  });
  http.stop([this] { stopping.cancel(); });
}

void Server::Parts::abort() {
  stopping.cancel();
  http.abort();
}

void Server::Parts::run() {
  for (;;) try {
      if (!stopped) {
        http.resume();
        metrics.resume();
        stun.resume();
      }
      io.run();
      return;
    } catch (...) {
      faults.note();
    }
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() = default;

Expected<std::unique_ptr<Server>> Server::open(const Options& options, const Limits& limits, const Clock& clock, Random& random,
                                               std::ostream& log) {
  if (const auto fit = check_knock_from(options); !fit) return tl::unexpected(fit.error());
  std::unique_ptr<Server> server(new Server(std::make_unique<Parts>(options, limits, clock, random, log)));
  if (const auto listening = server->parts_->listen(); !listening) return tl::unexpected(listening.error());
  return server;
}

const std::vector<Endpoint>& Server::http() const { return parts_->http_at; }
const std::vector<Endpoint>& Server::stun() const { return parts_->stun_at; }

void Server::stop_on_signals() {
  parts_->signals.add(SIGTERM);
  parts_->signals.add(SIGINT);
  parts_->signals.async_wait([parts = parts_.get()](const boost::system::error_code& error, int) {
    if (!error) parts->begin_stop();
  });
}

void Server::run() { parts_->run(); }

void Server::stop() {
  asio::post(parts_->io, [parts = parts_.get()] { parts->begin_stop(); });
}

}  // namespace ringback::vantage
