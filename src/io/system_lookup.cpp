#include "io/system_lookup.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <string>
#include <thread>

#include "io/child_side.hpp"
#include "io/environment.hpp"
#include "io/real_network.hpp"
#include "io/sockaddr.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t most_at_once = Network::most_looked_up_at_once;
constexpr std::size_t most_addresses = 64;
constexpr std::size_t longest_name = 255;     // RFC 1035 §2.3.4
constexpr std::size_t largest_packet = 8192;  // an answer of 64 addresses as text
constexpr unsigned longest_patience_s = 3600;
constexpr milliseconds patience_for_the_end{2000};

/// With it comes the socket that names are asked over.
struct Call {
  unsigned patience_s = 0;
  unsigned threads = 1;
};

/// Before each name, and before the addresses of an answer, which are lines of text.
struct Head {
  std::uint32_t index = 0;
  std::int32_t status = 0;                   ///< of getaddrinfo(3); with `nobody`, errno
};
constexpr std::uint32_t nobody = ~0U;        ///< no process could be started for the call

// ---- in the child

std::string addresses_of(const addrinfo* found) {
  std::string text;
  std::size_t count = 0;
  for (; found != nullptr && count < most_addresses; found = found->ai_next, ++count)
    if (const auto endpoint = from_sockaddr(found->ai_addr)) text += endpoint->address.to_string() + '\n';
  return text;
}

/// Until the other end is closed. Several threads share the socket, of which each packet goes to one.
void answer_hosts(int socket) {
  std::array<char, sizeof(Head) + longest_name + 1> question{};
  for (;;) {
    const auto got = retry([&] { return ::recv(socket, question.data(), question.size() - 1, 0); });
    if (got <= static_cast<ssize_t>(sizeof(Head))) return;
    question[static_cast<std::size_t>(got)] = '\0';
    Head head;
    std::memcpy(&head, question.data(), sizeof head);
    // As getent(1) asks: of a family that this host has no address of, nothing.
    const addrinfo hints{.ai_flags = AI_ADDRCONFIG | AI_V4MAPPED, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    addrinfo* found = nullptr;
    head.status = ::getaddrinfo(question.data() + sizeof head, nullptr, &hints, &found);
    std::string answer(reinterpret_cast<const char*>(&head), sizeof head);
    if (head.status == 0) answer += addresses_of(found), ::freeaddrinfo(found);
    if (::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) return;
  }
}

/// What hangs in getaddrinfo is ended by the alarm, with the process.
[[noreturn]] void look_up_all(int socket, const Call& call, pid_t parent) noexcept {
  end_with(parent);
  ::alarm(std::min(call.patience_s, longest_patience_s));
  {
    std::vector<std::jthread> others;
    try {
      while (others.size() + 1 < std::min<std::size_t>(call.threads, most_at_once)) others.emplace_back(answer_hosts, socket);
    } catch (const std::system_error&) {
      // no thread is left for this user: those there are do it all
    }
    answer_hosts(socket);
  }
  ::_exit(0);
}

struct Received {
  Call call;
  UniqueFd socket;
};

/// nullopt: the parent has closed its end.
std::optional<Received> receive_call(int from) {
  Received received;
  iovec part{.iov_base = &received.call, .iov_len = sizeof received.call};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (retry([&] { return ::recvmsg(from, &message, MSG_CMSG_CLOEXEC); }) != static_cast<ssize_t>(sizeof received.call)) return std::nullopt;
  const auto* head = CMSG_FIRSTHDR(&message);
  if (head == nullptr || head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) return std::nullopt;
  int passed = -1;
  std::memcpy(&passed, CMSG_DATA(head), sizeof passed);
  received.socket = UniqueFd(passed);
  return received;
}

/// Each call in a process of its own, so that one that hangs keeps nobody else from looking names up. `noexcept`: out of memory ends the child, and does
/// not make it a second parent.
[[noreturn]] void serve_calls(int socket, const std::optional<Identity>& identity, pid_t parent) noexcept {
  let_go_of_everything_but(socket);
  clear_environment();   // libraries are steered by it (RES_OPTIONS, HOSTALIASES, LOCALDOMAIN)
  if (!keep_only(std::nullopt, identity)) ::_exit(0);
  end_with(parent);
  ::signal(SIGALRM, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const auto self = ::getpid();
  std::vector<pid_t> workers;
  while (const auto received = receive_call(kept_socket)) {
    std::erase_if(workers, [](pid_t worker) { return ::waitpid(worker, nullptr, WNOHANG) != 0; });
    const auto worker = ::fork();
    if (worker == 0) look_up_all(received->socket.get(), received->call, self);
    if (worker > 0) workers.push_back(worker);
    const Head failed{.index = nobody, .status = errno};
    if (worker < 0) (void)::send(received->socket.get(), &failed, sizeof failed, MSG_NOSIGNAL);
  }
  // Whoever hangs is ended, and taken off the process table: where nobody else does that (a container), it would stay there for ever.
  for (const auto worker : workers) ::kill(worker, SIGKILL);
  for (const auto worker : workers) ::waitpid(worker, nullptr, 0);
  ::_exit(0);
}

// ---- in the parent

std::string shown(const std::string& host) { return "look up " + host.substr(0, longest_name); }

bool send_host(int socket, std::size_t index, const std::string& host) {
  const Head head{.index = static_cast<std::uint32_t>(index)};
  std::string packet(reinterpret_cast<const char*>(&head), sizeof head);
  packet += host;
  return retry([&] { return ::send(socket, packet.data(), packet.size(), MSG_NOSIGNAL); }) >= 0;
}

/// The child has read what comes from outside: nothing of it is taken unchecked.
Expected<std::vector<Address>> read_answer(std::string_view lines, int status, const std::string& what) {
  if (status == EAI_NONAME || status == EAI_NODATA || status == EAI_ADDRFAMILY) return failure(Errc::refused, what + ": no such name, or it has no address");
  if (status != 0) return failure(Errc::failed, what + ": " + ::gai_strerror(status));
  std::vector<Address> addresses;
  while (!lines.empty() && addresses.size() < most_addresses) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const auto address = Address::parse(line);
    if (address && std::ranges::find(addresses, *address) == addresses.end()) addresses.push_back(*address);
  }
  return addresses;
}

}  // namespace

SystemLookups::SystemLookups(const std::optional<Identity>& identity) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    gone_ = system_failure("socketpair", errno).value();
    return;
  }
  socket_ = UniqueFd(ends[0]);
  const UniqueFd theirs(ends[1]);
  const auto parent = ::getpid();
  const auto child = ::fork();
  if (child == 0) serve_calls(theirs.get(), identity, parent);
  child_.emplace(child);
  if (child > 0) return;
  gone_ = system_failure("fork", errno).value();
  socket_ = UniqueFd();
}

/// The socket that names are asked over.
Expected<UniqueFd> SystemLookups::begin(std::size_t hosts, Deadline deadline, const Clock& clock) const {
  if (!socket_) return tl::unexpected(gone_);
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return system_failure("socketpair", errno);
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  const auto left = std::chrono::ceil<std::chrono::seconds>(deadline.left(clock)) + std::chrono::seconds(1);
  Call call{.patience_s = static_cast<unsigned>(std::clamp<std::int64_t>(left.count(), 1, longest_patience_s)),
            .threads = static_cast<unsigned>(std::min(hosts, most_at_once))};
  iovec part{.iov_base = &call, .iov_len = sizeof call};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  auto* head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  const int passed = theirs.get();
  std::memcpy(CMSG_DATA(head), &passed, sizeof passed);
  if (retry([&] { return ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT); }) >= 0) return ours;
  if (errno == EPIPE || errno == ECONNRESET) return failure(Errc::failed, "the process that does it has ended");
  return system_failure("send", errno);
}

SystemLookups::~SystemLookups() {
  socket_ = UniqueFd();   // the child ends then, after its own children
  const RealClock clock;
  if (child_) (void)child_->wait({clock.now() + patience_for_the_end}, clock);
}

std::vector<Expected<std::vector<Address>>> SystemLookups::look_up(std::span<const std::string> hosts, Deadline deadline, const Clock& clock) const {
  std::vector<Expected<std::vector<Address>>> results;
  for (const auto& host : hosts) results.push_back(failure(Errc::timed_out, shown(host) + ": not asked for, as others had no answer by the deadline"));
  const auto socket = begin(hosts.size(), deadline, clock);
  std::vector<bool> open(hosts.size(), true);
  std::size_t asked = 0, answered = 0;
  const auto conclude = [&](std::size_t index, Expected<std::vector<Address>> result) {
    results[index] = std::move(result);
    open[index] = false;
    ++answered;
  };
  const auto give_up = [&](const Error& why) {
    for (std::size_t i = 0; i < hosts.size(); ++i)
      if (open[i]) conclude(i, tl::unexpected(Error{why.code, shown(hosts[i]) + ": " + why.what}));
  };
  if (!socket) give_up(socket.error());
  while (answered < hosts.size() && (asked == 0 || !deadline.passed(clock))) {
    for (; asked < hosts.size() && asked < answered + most_at_once; ++asked) {
      const auto& host = hosts[asked];
      if (host.empty() || host.size() > longest_name || host.find('\0') != std::string::npos)
        conclude(asked, failure(Errc::invalid_input, shown(host) + ": not a host name"));
      else if (!send_host(socket->get(), asked, host))
        conclude(asked, system_failure(shown(host), errno));
      else
        results[asked] = failure(Errc::timed_out, shown(host) + ": no answer by the deadline");
    }
    if (answered == hosts.size()) break;
    const auto ready = wait_for(socket->get(), POLLIN, deadline, clock, "look up names");
    if (!ready) give_up(ready.error());
    if (!ready || *ready == 0) break;
    std::array<char, largest_packet> packet{};
    const auto got = retry([&] { return ::recv(socket->get(), packet.data(), packet.size(), MSG_DONTWAIT); });
    if (got < static_cast<ssize_t>(sizeof(Head))) {
      give_up({Errc::failed, "the process that does it has ended"});
      break;
    }
    Head head;
    std::memcpy(&head, packet.data(), sizeof head);
    if (head.index == nobody) give_up(system_failure("start a process for it", head.status).value());
    if (head.index >= asked || !open[head.index]) continue;   // whoever says that says it until the deadline
    const std::string_view lines(packet.data() + sizeof head, static_cast<std::size_t>(got) - sizeof head);
    conclude(head.index, read_answer(lines, head.status, shown(hosts[head.index])));
  }
  return results;
}

}  // namespace ringback::io
