#include "io/helper_process.hpp"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <optional>
#include <utility>

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
    if (got <= 0) {
      if (got == 0) errno = 0;
      return false;
    }
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool send_message(int fd, const std::string& text) {
  const std::size_t size = text.size();
  return put(fd, &size, sizeof size) && put(fd, text.data(), size);
}

std::optional<std::string> receive_message(int fd) {
  std::size_t size = 0;
  if (!get(fd, &size, sizeof size) || size > longest_message) return std::nullopt;
  std::string text(size, '\0');
  if (!get(fd, text.data(), size)) return std::nullopt;
  return text;
}

/// Until the parent closes its end, or ends.
[[noreturn]] void serve_requests(int socket, const HelperProcess::Serve& serve) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    while (const auto request = receive_message(socket))
      if (!send_message(socket, serve(*request))) break;
  } catch (const std::exception&) {
    ::_exit(1);   // out of memory: whoever asked hears that it has ended
  }
  ::_exit(0);
}

}  // namespace

HelperProcess::HelperProcess(const Serve& serve) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  child_ = ::fork();
  if (child_ == 0) {
    ours = UniqueFd();
    serve_requests(theirs.get(), serve);
  }
  if (child_ > 0) socket_ = std::move(ours);
}

HelperProcess::HelperProcess(HelperProcess&& other) noexcept : socket_(std::move(other.socket_)), child_(std::exchange(other.child_, -1)) {}

HelperProcess& HelperProcess::operator=(HelperProcess&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(child_, other.child_);
  return *this;
}

HelperProcess::~HelperProcess() { end(); }

void HelperProcess::end() {
  // Not close(2) alone: another child that was forked meanwhile has this end as well.
  if (socket_) ::shutdown(socket_.get(), SHUT_RDWR);
  socket_ = UniqueFd();
  if (child_ > 0) retry([&] { return ::waitpid(child_, nullptr, 0); });
  child_ = -1;
}

Expected<std::string> HelperProcess::ask(const std::string& request, std::chrono::seconds patience) {
  if (!socket_) return failure(Errc::failed, "there is no process that could do it");
  const timeval wait{.tv_sec = patience.count(), .tv_usec = 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) ::setsockopt(socket_.get(), SOL_SOCKET, option, &wait, sizeof wait);
  if (send_message(socket_.get(), request))
    if (auto answer = receive_message(socket_.get())) return std::move(*answer);
  const bool is_late = errno == EAGAIN || errno == EWOULDBLOCK;
  if (is_late) ::kill(child_, SIGKILL);
  end();
  return is_late ? failure(Errc::timed_out, "it was not done in time") : failure(Errc::failed, "the process that does it has ended");
}

}  // namespace ringback::io
