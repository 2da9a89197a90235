#include "io/last_words.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "io/sockaddr.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t most_bytes = 2048;
constexpr std::array<int, 3> ending_signals{SIGINT, SIGTERM, SIGHUP};

/// Read by the signal handler, so nothing here allocates. Written before `armed` is set, and never while it is.
struct Slot {
  std::atomic<bool> taken{false}, armed{false};
  int type = SOCK_DGRAM;
  SocketAddress to, local;
  std::size_t size = 0;
  std::array<std::byte, most_bytes> bytes{};
};

std::array<Slot, 8> slots;

// From here on: signal-safety(7) functions alone.

void say(const Slot& slot) {
  const int fd = ::socket(slot.to.storage.ss_family, slot.type | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const timeval second{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
  if (slot.local.length > 0) ::bind(fd, slot.local.get(), slot.local.length);
  if (::connect(fd, slot.to.get(), slot.to.length) == 0) {
    ::send(fd, slot.bytes.data(), slot.size, MSG_NOSIGNAL);
    if (slot.type == SOCK_DGRAM) ::send(fd, slot.bytes.data(), slot.size, MSG_NOSIGNAL);   // one may get lost
    std::array<char, 64> answer;   // an HTTP server may drop the request of a client that does not wait for its answer
    if (slot.type == SOCK_STREAM) static_cast<void>(::recv(fd, answer.data(), answer.size(), 0));
  }
  ::close(fd);
}

extern "C" void say_all_and_end(int signal) {
  const int before = errno;
  // Datagrams last, and right before the end: the thread that asks may repeat its question as long as the program lives.
  for (const int type : {SOCK_STREAM, SOCK_DGRAM})
    for (auto& slot : slots)
      if (slot.type == type && slot.armed.exchange(false)) say(slot);
  std::signal(signal, SIG_DFL);
  ::raise(signal);
  errno = before;
}

// Up to here.

void handle_signals() {
  for (const int signal : ending_signals) {
    struct sigaction present {};
    if (::sigaction(signal, nullptr, &present) != 0 || present.sa_handler != SIG_DFL) continue;   // nohup(1), or somebody's own
    struct sigaction action {};
    action.sa_handler = say_all_and_end;
    ::sigemptyset(&action.sa_mask);
    for (const int other : ending_signals) ::sigaddset(&action.sa_mask, other);
    ::sigaction(signal, &action, nullptr);
  }
}

class Words : public LastWords {
 public:
  explicit Words(Slot& slot) : slot_(slot) {}
  ~Words() override {
    slot_.armed = false;
    slot_.taken = false;
  }
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

 private:
  Slot& slot_;
};

}  // namespace

std::unique_ptr<LastWords> leave_last_words(const Message& message) {
  if (message.bytes.size() > most_bytes) return nullptr;
  for (auto& slot : slots) {
    if (slot.taken.exchange(true)) continue;
    slot.type = message.protocol == Protocol::udp ? SOCK_DGRAM : SOCK_STREAM;
    slot.to = to_sockaddr(message.to, 0);
    slot.local = message.local ? to_sockaddr({*message.local, 0}, 0) : SocketAddress{};
    slot.size = message.bytes.size();
    std::ranges::copy(message.bytes, slot.bytes.begin());
    handle_signals();
    slot.armed = true;
    return std::make_unique<Words>(slot);
  }
  return nullptr;
}

}  // namespace ringback::io
