#include "io/resolver.hpp"

#include <ares.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <array>

#include "io/sockaddr.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t most_addresses = 64;
constexpr std::size_t longest_name = 255;  // RFC 1035 §2.3.4
constexpr milliseconds patience_for_other_family{1000};
// Asked at 0, 0.2, 0.6, 1.4 and 3.0 s for each family: by then ten datagrams or their answers would have been lost in a row, less than one in
// a million where one in four is. What takes so long is not loss but a resolver behind a slow line (satellite: 600 ms) that has to
// ask from the root down.
constexpr milliseconds first_wait{200};
constexpr int most_tries = 5;
constexpr milliseconds silence{4000};

class Channel {
 public:
  explicit Channel(milliseconds wait, const std::string& resolv_conf) {
    ares_options options{};
    std::string lookups = "fb";  // files, then DNS
    std::string path = resolv_conf;
    options.lookups = lookups.data();
    options.resolvconf_path = path.data();
    options.timeout = static_cast<int>(wait.count());  // doubled after each round through the servers
    options.tries = most_tries;
    status_ = ares_init_options(&channel_, &options, ARES_OPT_LOOKUPS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_RESOLVCONF);
  }
  ~Channel() {
    if (status_ == ARES_SUCCESS) ares_destroy(channel_);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  [[nodiscard]] ares_channel get() const { return channel_; }
  [[nodiscard]] int status() const { return status_; }

 private:
  ares_channel channel_ = nullptr;
  int status_;
};

struct Outcome {
  bool done = false;
  int status = ARES_SUCCESS;
  std::vector<Address> addresses;
};

extern "C" {
static void ringback_on_resolved(void* user, int status, int, ares_addrinfo* found) {
  const auto call = [&]() noexcept {
    auto& outcome = *static_cast<Outcome*>(user);
    outcome.done = true;
    outcome.status = status;
    for (const auto* node = found != nullptr ? found->nodes : nullptr; node != nullptr; node = node->ai_next) {
      const auto endpoint = from_sockaddr(node->ai_addr);
      if (!endpoint || outcome.addresses.size() >= most_addresses) continue;
      const bool known = std::find(outcome.addresses.begin(), outcome.addresses.end(), endpoint->address) != outcome.addresses.end();
      if (!known) outcome.addresses.push_back(endpoint->address);
    }
  };
  call();
  ares_freeaddrinfo(found);
}
}

/// Waits until one of the channel's sockets is ready, its own time-out is due, or the deadline; then lets the channel work.
Expected<void> step(ares_channel channel, Deadline deadline, const Clock& clock, const std::string& what) {
  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  const auto wanted = static_cast<unsigned>(ares_getsock(channel, sockets.data(), static_cast<int>(sockets.size())));
  std::vector<pollfd> entries;
  for (unsigned i = 0; i < sockets.size(); ++i) {
    const int events = (ARES_GETSOCK_READABLE(wanted, i) != 0 ? POLLIN : 0) | (ARES_GETSOCK_WRITABLE(wanted, i) != 0 ? POLLOUT : 0);
    if (events != 0) entries.push_back({.fd = sockets[i], .events = static_cast<short>(events), .revents = 0});
  }
  const auto left = deadline.left(clock);
  timeval most{.tv_sec = left.count() / 1000, .tv_usec = (left.count() % 1000) * 1000};
  timeval due{};
  const timeval* wait = ares_timeout(channel, &most, &due);
  const timespec until{.tv_sec = wait->tv_sec, .tv_nsec = wait->tv_usec * 1000};
  if (::ppoll(entries.data(), entries.size(), &until, nullptr) < 0 && errno != EINTR) return system_failure("wait for " + what, errno);
  ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // only what has timed out
  for (const auto& entry : entries)
    if (entry.revents != 0)
      ares_process_fd(channel, (entry.revents & ~POLLOUT) != 0 ? entry.fd : ARES_SOCKET_BAD, (entry.revents & ~POLLIN) != 0 ? entry.fd : ARES_SOCKET_BAD);
  return {};
}

/// RFC 6761 §6.3: loopback, without asking anybody.
bool is_localhost(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return name == "localhost" || name.ends_with(".localhost");
}

Errc code_of_status(int status) {
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EREFUSED: return Errc::refused;
    case ARES_EBADNAME:
    case ARES_EFORMERR: return Errc::invalid_input;
    case ARES_EBADRESP: return Errc::malformed;
    case ARES_ETIMEOUT:
    case ARES_ECANCELLED: return Errc::timed_out;
    case ARES_ENOMEM: return Errc::exhausted;
    default: return Errc::failed;
  }
}

/// Both families at once: a server that stays silent about one of them must not take the other away.
struct Lookup {
  std::array<Outcome, 2> outcomes;  // IPv6 first, as RFC 6724 §2.1 prefers it

  [[nodiscard]] bool done() const { return outcomes[0].done && outcomes[1].done; }
  [[nodiscard]] bool has_answer() const {
    return std::any_of(outcomes.begin(), outcomes.end(), [](const Outcome& o) { return o.done && !o.addresses.empty(); });
  }
  [[nodiscard]] std::vector<Address> addresses() const {
    auto all = outcomes[0].addresses;
    all.insert(all.end(), outcomes[1].addresses.begin(), outcomes[1].addresses.end());
    return all;
  }
  /// What to say when there is no address: a reason other than "this family has none", if there is one.
  [[nodiscard]] int status() const {
    const int first = outcomes[0].status;
    return first == ARES_SUCCESS || first == ARES_ENODATA || first == ARES_ENOTFOUND ? outcomes[1].status : first;
  }
};

Expected<void> run(ares_channel channel, Lookup& lookup, Deadline deadline, const Clock& clock, const std::string& what) {
  const auto began = clock.now();
  bool shortened = false;
  while (!lookup.done()) {
    if (lookup.has_answer() && !shortened) {
      deadline = deadline.or_earlier(clock.now() + patience_for_other_family);
      shortened = true;
    }
    if (deadline.passed(clock)) {
      if (lookup.has_answer()) return {};
      return failure(Errc::timed_out, fmt::format("{}: no answer in {} ms", what, std::chrono::ceil<milliseconds>(clock.now() - began).count()));
    }
    if (auto stepped = step(channel, deadline, clock, what); !stepped) return stepped;
  }
  return {};
}

}  // namespace

AresLibrary::AresLibrary() : ready_(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS) {}
AresLibrary::~AresLibrary() {
  if (ready_) ares_library_cleanup();
}

Expected<std::vector<Address>> resolve_host(const std::string& host, Deadline deadline, const Clock& clock, const std::string& resolv_conf) {
  if (const auto literal = Address::parse(host)) return std::vector<Address>{*literal};
  if (host.empty() || host.size() > longest_name || host.find('\0') != std::string::npos)
    return failure(Errc::invalid_input, fmt::format("resolve \"{}\": not a host name", host.substr(0, 60)));
  if (is_localhost(host)) return std::vector<Address>{Address::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), Address::v4(0x7f000001)};
  const auto what = "resolve " + host;
  const auto until = deadline.or_earlier(clock.now() + silence);
  const auto wait = std::clamp(until.left(clock) / 4, milliseconds(100), first_wait);  // a dead server must leave time for the next one
  Lookup lookup;
  const Channel channel(wait, resolv_conf);  // made after `lookup`: while it ends it still calls back
  if (channel.status() != ARES_SUCCESS) return failure(code_of_status(channel.status()), what + ": " + ares_strerror(channel.status()));
  for (std::size_t i = 0; i < lookup.outcomes.size(); ++i) {
    ares_addrinfo_hints hints{};
    hints.ai_family = i == 0 ? AF_INET6 : AF_INET;
    ares_getaddrinfo(channel.get(), host.c_str(), nullptr, &hints, ringback_on_resolved, &lookup.outcomes[i]);
  }
  if (auto ran = run(channel.get(), lookup, until, clock, what); !ran) return tl::unexpected(ran.error());
  auto addresses = lookup.addresses();
  if (!addresses.empty()) return addresses;
  const int status = lookup.status();
  if (status != ARES_SUCCESS) return failure(code_of_status(status), what + ": " + ares_strerror(status));
  return failure(Errc::refused, what + ": no address");
}

}  // namespace ringback::io
