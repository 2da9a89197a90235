#include "io/helper_process.hpp"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <optional>
#include "io/real_network.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t longest_message = 256U << 20U;

bool put(int fd, const void* bytes, std::size_t size) {
  for (const auto* at = static_cast<const char*>(bytes); size > 0;) {
    const auto sent = retry([&] { return ::send(fd, at, size, MSG_NOSIGNAL); });
    if (sent < 0) return false;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool get(int fd, void* bytes, std::size_t size) {
  for (auto* at = static_cast<char*>(bytes); size > 0;) {
    const auto got = retry([&] { return ::recv(fd, at, size, 0); });
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

struct Head {
  std::size_t size = 0;        ///< of the text, which follows
  unsigned patience_s = 0;     ///< of whoever asks
};

bool send_message(int fd, const std::string& text, std::chrono::seconds patience = {}) {
  const Head head{text.size(), static_cast<unsigned>(patience.count())};
  return put(fd, &head, sizeof head) && put(fd, text.data(), text.size());
}

struct Message {
  Head head;
  std::string text;
};

std::optional<Message> receive_message(int fd) {
  Message message;
  if (!get(fd, &message.head, sizeof message.head) || message.head.size > longest_message) return std::nullopt;
  message.text.resize(message.head.size);
  if (!get(fd, message.text.data(), message.text.size())) return std::nullopt;
  return message;
}

/// Until the parent closes its end, or ends.
[[noreturn]] void serve_requests(int socket, const HelperProcess::Serve& serve, const HelperProcess::Prepare& prepare) noexcept {
  std::signal(SIGALRM, SIG_DFL);
  sigset_t alarm_alone;
  ::sigemptyset(&alarm_alone);
  ::sigaddset(&alarm_alone, SIGALRM);
  ::sigprocmask(SIG_UNBLOCK, &alarm_alone, nullptr);
  try {
    if (prepare && !prepare()) ::_exit(1);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (const auto request = receive_message(socket)) {
      ::alarm(request->head.patience_s);
      const auto answer = serve(request->text);
      ::alarm(0);
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);   // the kernel forgets it when the process becomes somebody else
      if (!send_message(socket, answer)) break;
    }
  } catch (const std::exception&) {
    ::_exit(1);   // out of memory: whoever asked hears that it has ended
  }
  ::_exit(0);
}

}  // namespace

HelperProcess::HelperProcess(const Serve& serve, const Prepare& prepare) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  const auto child = ::fork();
  if (child == 0) {
    ours = UniqueFd();
    serve_requests(theirs.get(), serve, prepare);
  }
  if (child < 0) return;
  child_ = std::make_unique<ChildProcess>(child);
  socket_ = std::move(ours);
}

HelperProcess::HelperProcess(HelperProcess&&) noexcept = default;
HelperProcess& HelperProcess::operator=(HelperProcess&&) noexcept = default;
HelperProcess::~HelperProcess() { end(); }

void HelperProcess::end() {
  // Not close(2) alone: another child that was forked meanwhile has this end as well.
  if (socket_) ::shutdown(socket_.get(), SHUT_RDWR);
  socket_ = UniqueFd();
  if (!child_) return;
  const RealClock clock;
  constexpr std::chrono::seconds most{10};
  (void)child_->wait({clock.now() + most}, clock);
  child_.reset();
}

Expected<std::string> HelperProcess::ask(const std::string& request, std::chrono::seconds patience) {
  if (!socket_) return failure(Errc::failed, "there is no process that could do it");
  const timeval wait{.tv_sec = patience.count() + 1, .tv_usec = 0};   // the child's own alarm comes first
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) ::setsockopt(socket_.get(), SOL_SOCKET, option, &wait, sizeof wait);
  const auto start = std::chrono::steady_clock::now();
  if (send_message(socket_.get(), request, patience))
    if (auto answer = receive_message(socket_.get())) return std::move(answer->text);
  const bool is_late = std::chrono::steady_clock::now() - start >= patience;
  end();
  return is_late ? failure(Errc::timed_out, "it was not done in time") : failure(Errc::failed, "the process that does it has ended");
}

}  // namespace ringback::io
