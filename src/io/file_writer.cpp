#include "io/file_writer.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "io/system.hpp"

namespace ringback::io {
namespace {

struct Order {
  std::size_t index = 0;
  std::size_t size = 0;    ///< of the text, which follows
};

struct Outcome {
  bool written = false;
  Errc code = Errc::failed;
  std::size_t size = 0;    ///< of the reason, which follows
};

constexpr std::size_t longest_text = 256U << 20U;

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

/// Until the parent closes its end, or ends.
[[noreturn]] void serve(int socket, const std::vector<std::string>& paths, const WriteFile& write) noexcept {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (Order order; get(socket, &order, sizeof order);) {
    if (order.index >= paths.size() || order.size > longest_text) break;
    std::string text(order.size, '\0');
    if (!get(socket, text.data(), text.size())) break;
    const auto written = write(paths[order.index], text);
    const std::string reason = written ? "" : written.error().what;
    const Outcome outcome{.written = written.has_value(), .code = written ? Errc::failed : written.error().code, .size = reason.size()};
    if (!put(socket, &outcome, sizeof outcome) || !put(socket, reason.data(), reason.size())) break;
  }
  ::_exit(0);
}

}  // namespace

FileWriter::FileWriter(std::vector<std::string> paths, const std::optional<Identity>& later, WriteFile write)
    : paths_(std::move(paths)), write_(std::move(write)) {
  std::array<int, 2> ends{};
  if (!later || !is_nobody(*later) || paths_.empty() || ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return;
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  child_ = ::fork();
  if (child_ == 0) {
    ours = UniqueFd();
    serve(theirs.get(), paths_, write_);
  }
  if (child_ > 0) child_socket_ = std::move(ours);
}

FileWriter::~FileWriter() {
  child_socket_ = UniqueFd();
  if (child_ > 0) retry([&] { return ::waitpid(child_, nullptr, 0); });
}

Expected<void> FileWriter::write(std::size_t index, const std::string& text) {
  const auto& path = paths_.at(index);
  if (!child_socket_) return write_(path, text);
  const Order order{index, text.size()};
  Outcome outcome;
  if (!put(child_socket_.get(), &order, sizeof order) || !put(child_socket_.get(), text.data(), text.size()) ||
      !get(child_socket_.get(), &outcome, sizeof outcome))
    return failure(Errc::failed, "write " + path + ": the process that writes it has ended");
  if (outcome.written) return {};
  std::string reason(std::min<std::size_t>(outcome.size, 4096), '\0');
  if (!get(child_socket_.get(), reason.data(), reason.size())) reason = "write " + path;
  return failure(outcome.code, reason);
}

}  // namespace ringback::io
