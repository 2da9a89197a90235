#include "io/foreign_file.hpp"

#include <grp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "base/unique_fd.hpp"
#include "io/child_process.hpp"
#include "io/child_side.hpp"
#include "io/files.hpp"
#include "io/local_account.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t longest_path = 4096;   // limits.h, PATH_MAX, with its end
constexpr std::size_t largest_piece = 4096;

/// What the child is asked for. The path follows.
struct Order {
  std::size_t limit = 0;
  bool follow_link = true;
};

/// Of the file, which follows: the last piece has nothing of it.
struct Piece {
  bool last = false;
  int error = 0;   ///< what came of it: 0, errno or OpenedFile::not_regular
};

/// Whose rights the child takes on.
struct ReaderRights {
  uid_t user = 0;
  gid_t group = 0;
  std::optional<std::vector<gid_t>> groups;   ///< absent: they stay as they are
  bool operator==(const ReaderRights&) const = default;
};

/// nullopt: there is no such account.
std::optional<ReaderRights> rights_of_account(const std::string& name) {
  const auto files = account_files();
  auto account = local_account(name, files.passwd, files.group);
  if (!account) return std::nullopt;
  return ReaderRights{account->user, account->group, std::move(account->groups)};
}

std::optional<ReaderRights> rights_for(const ForeignFile& file) {
  if (::getuid() == 0 && !file.reader.empty()) return rights_of_account(file.reader);
  return ReaderRights{::getuid(), ::getgid(), std::nullopt};   // of whoever called, without what the set-user-ID bit gives
}

bool take_on(const ReaderRights& rights) {
  if (rights.groups && ::setgroups(rights.groups->size(), rights.groups->data()) != 0) return false;
  return ::setresgid(rights.group, rights.group, rights.group) == 0 && ::setresuid(rights.user, rights.user, rights.user) == 0;
}

// ---- in the child. Other threads of the parent may hold any lock: nothing here wants memory.

/// False: nobody listens any more.
bool hand_over(const Piece& piece, std::span<char> text) {
  std::array<iovec, 2> parts{iovec{const_cast<Piece*>(&piece), sizeof piece}, iovec{text.data(), text.size()}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return retry([&] { return ::sendmsg(kept_socket, &message, MSG_NOSIGNAL); }) >= 0;
}

bool hand_over_file(const Order& order, const char* path) {
  const auto opened = open_regular_file(path, order.follow_link);
  const UniqueFd file(opened.fd);
  std::array<char, largest_piece> text;
  for (std::size_t left = order.limit; file && left > 0;) {
    const auto got = retry([&] { return ::read(file.get(), text.data(), std::min(left, text.size())); });
    if (got <= 0) break;
    const auto size = static_cast<std::size_t>(got);
    if (!hand_over({}, {text.data(), size})) return false;
    left -= size;
  }
  return hand_over({.last = true, .error = opened.error}, {});
}

/// Until the parent closes its end, or ends.
[[noreturn]] void serve(int socket, const ReaderRights& rights, pid_t parent) noexcept {
  let_go_of_everything_but(socket);
  const bool permitted = take_on(rights);
  end_with(parent);
  for (;;) {
    std::array<char, sizeof(Order) + longest_path> packet;
    const auto got = retry([&] { return ::recv(kept_socket, packet.data(), packet.size(), 0); });
    if (got <= static_cast<ssize_t>(sizeof(Order))) ::_exit(0);
    Order order;
    std::memcpy(&order, packet.data(), sizeof order);
    if (!(permitted ? hand_over_file(order, packet.data() + sizeof order) : hand_over({.last = true, .error = EPERM}, {}))) ::_exit(0);
  }
}

// ---- in the parent

struct Answer {
  int error = 0;
  std::string text;
};

class ChildsFiles : public ForeignFiles {
 public:
  explicit ChildsFiles(const Clock& clock) : clock_(clock) {}

  Expected<std::string> read(const ForeignFile& file, Deadline deadline) override {
    const auto what = "read " + file.path + (file.reader.empty() ? "" : " as " + file.reader);
    const auto rights = rights_for(file);
    if (!rights) return failure(Errc::unsupported, what + ": there is no such account in /etc/passwd");
    if (file.path.size() >= longest_path) return system_failure(what, ENAMETOOLONG);
    const bool is_at_hand = rights_ == rights;
    auto answer = is_at_hand ? ask(file, deadline, what) : start_and_ask(*rights, file, deadline, what);
    // One that has ended since the last file, by its own user's hand or for want of memory, has nothing to say against this one.
    if (is_at_hand && !answer && answer.error().code == Errc::failed) answer = start_and_ask(*rights, file, deadline, what);
    if (!answer) {   // whoever hangs is not asked again
      end();
      return tl::unexpected(answer.error());
    }
    if (answer->error == OpenedFile::not_regular) return failure(Errc::failed, what + ": it is no regular file");
    if (answer->error != 0) return system_failure(what, answer->error);
    return std::move(answer->text);
  }

 private:
  Expected<void> start(const ReaderRights& rights, const std::string& what) {
    end();
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return system_failure(what, errno);
    UniqueFd ours(ends[0]);
    const UniqueFd theirs(ends[1]);
    const auto parent = ::getpid();
    const auto pid = ::fork();
    if (pid == 0) serve(theirs.get(), rights, parent);
    if (pid < 0) return system_failure(what, errno);
    child_.emplace(pid);
    socket_ = std::move(ours);
    rights_ = rights;
    return {};
  }

  Expected<Answer> start_and_ask(const ReaderRights& rights, const ForeignFile& file, Deadline deadline, const std::string& what) {
    if (auto started = start(rights, what); !started) return tl::unexpected(started.error());
    return ask(file, deadline, what);
  }

  void end() {
    socket_ = UniqueFd();
    child_.reset();
    rights_.reset();
  }

  Expected<Answer> ask(const ForeignFile& file, Deadline deadline, const std::string& what) const {
    const Order order{file.limit, file.follow_link};
    std::string packet(reinterpret_cast<const char*>(&order), sizeof order);
    packet.append(file.path.c_str(), file.path.size() + 1);
    if (retry([&] { return ::send(socket_.get(), packet.data(), packet.size(), MSG_NOSIGNAL); }) < 0)
      return failure(Errc::failed, what + ": the process that reads it is gone");
    for (Answer answer;;) {
      const auto ready = wait_for(socket_.get(), POLLIN, deadline, clock_, what);
      if (!ready) return tl::unexpected(ready.error());
      if (*ready == 0) return failure(Errc::timed_out, what + ": it was not finished by the deadline");
      Piece piece;
      packet.resize(sizeof piece + largest_piece);
      const auto got = retry([&] { return ::recv(socket_.get(), packet.data(), packet.size(), 0); });
      if (got < static_cast<ssize_t>(sizeof piece)) return failure(Errc::failed, what + ": the process that reads it has ended");
      std::memcpy(&piece, packet.data(), sizeof piece);
      answer.error = piece.error;
      answer.text.append(packet, sizeof piece, static_cast<std::size_t>(got) - sizeof piece);
      if (answer.text.size() > file.limit) return failure(Errc::exhausted, what + ": there is more of it than was asked for");
      if (piece.last) return answer;
      if (deadline.passed(clock_)) return failure(Errc::timed_out, what + ": it was not finished by the deadline");
    }
  }

  const Clock& clock_;
  std::optional<ReaderRights> rights_;   ///< the child's, where there is one
  std::optional<ChildProcess> child_;
  UniqueFd socket_;
};

}  // namespace

std::unique_ptr<ForeignFiles> open_foreign_files(const Clock& clock) { return std::make_unique<ChildsFiles>(clock); }

}  // namespace ringback::io
