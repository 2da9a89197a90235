/// The child that libnftables works in, and the conversation with it: one byte asks for a form, a heading and a text answer.
#include <linux/capability.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <vector>

#include "io/child_side.hpp"
#include "io/environment.hpp"
#include "io/nftables.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

const char* const what = "list the nftables ruleset";

struct Heading {
  bool listed = false;
  Errc code = Errc::failed;    ///< where it was not
  std::size_t size = 0;        ///< of the ruleset, or of the reason, which follows
};

/// Of the calling thread; unreadable capabilities are for the kernel to refuse.
bool may_read_rules() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return true;
  return (data[CAP_TO_INDEX(CAP_NET_ADMIN)].effective & CAP_TO_MASK(CAP_NET_ADMIN)) != 0;
}

bool write_all(int fd, const void* bytes, std::size_t size) {
  const auto* at = static_cast<const char*>(bytes);
  while (size > 0) {
    const auto sent = retry([&] { return ::send(fd, at, size, MSG_NOSIGNAL); });
    if (sent < 0) return false;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

/// False: the parent has not got it whole.
bool answer(char form) {
  const auto ruleset = list_ruleset(static_cast<RulesetForm>(form));
  const auto& text = ruleset ? *ruleset : ruleset.error().what;
  const Heading heading{.listed = ruleset.has_value(), .code = ruleset ? Errc::failed : ruleset.error().code, .size = text.size()};
  return write_all(kept_socket, &heading, sizeof heading) && write_all(kept_socket, text.data(), text.size());
}

bool asks_for(char letter, RulesetForm form) { return letter == static_cast<char>(form); }

/// What is asked next is the ruleset as text. It stays to be received.
bool text_is_asked_next() {
  char form = 0;
  return retry([&] { return ::recv(kept_socket, &form, 1, MSG_PEEK); }) == 1 && asks_for(form, RulesetForm::text_with_handles);
}

/// Whoever wants the JSON wants the text behind it, in which the families come in the same order: for that the same process will do.
bool answer_in_turn(char form) {
  if (!answer(form)) return false;
  if (!asks_for(form, RulesetForm::json) || !text_is_asked_next()) return true;
  return retry([&] { return ::recv(kept_socket, &form, 1, 0); }) == 1 && answer(form);
}

/// In a process of its own, because libxtables remembers which family it was first asked about, and then translates that one alone. Where no more
/// processes may be had, what it leaves out is better than nothing.
bool answer_afresh(char form) {
  const auto self = ::getpid();
  const auto worker = ::fork();
  if (worker < 0) return answer(form);
  if (worker == 0) {
    end_with(self);
    ::_exit(answer_in_turn(form) ? 0 : 1);
  }
  int status = 0;
  return retry([&] { return ::waitpid(worker, &status, 0); }) == worker && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Until the parent closes its end, or ends.
/// `noexcept`: out of memory ends the child, and does not make it a second parent.
[[noreturn]] void serve(int socket, const std::optional<Identity>& identity, pid_t parent) noexcept {
  let_go_of_everything_but(socket);
  clear_environment();   // libnftables asks libxtables to translate, which loads code from where XTABLES_LIBDIR says
  if (!keep_only(CAP_NET_ADMIN, identity)) ::_exit(0);
  end_with(parent);
  for (;;) {
    char form = 0;
    if (retry([&] { return ::recv(kept_socket, &form, 1, 0); }) != 1) ::_exit(0);
    if (!answer_afresh(form)) ::_exit(0);
  }
}

Expected<void> read_all(int fd, void* into, std::size_t size, Deadline deadline, const Clock& clock) {
  auto* at = static_cast<char*>(into);
  while (size > 0) {
    const auto ready = wait_for(fd, POLLIN, deadline, clock, what);
    if (!ready) return tl::unexpected(ready.error());
    if (*ready == 0 || deadline.passed(clock)) return failure(Errc::timed_out, std::string(what) + ": it was not finished by the deadline");
    const auto got = retry([&] { return ::recv(fd, at, size, MSG_DONTWAIT); });
    if (got < 0 && errno == EAGAIN) continue;
    if (got < 0) return system_failure(what, errno);
    if (got == 0) return failure(Errc::failed, std::string(what) + ": the process that reads it has ended");
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

/// The families whose tables do not come first in a listing: of theirs the library may have left out targets.
std::vector<RulesetForm> listed_late(std::string_view listing) {
  struct Form {
    std::string_view heading;
    RulesetForm form;
  };
  constexpr std::array forms{Form{"\ntable ip ", RulesetForm::text_of_ipv4}, Form{"\ntable ip6 ", RulesetForm::text_of_ipv6}};
  std::vector<RulesetForm> late;
  for (const auto& [heading, form] : forms)
    if (!listing.starts_with(heading.substr(1)) && listing.find(heading) != std::string_view::npos) late.push_back(form);
  return late;
}

}  // namespace

RulesetReader::RulesetReader(const std::optional<Identity>& identity) : permitted_(may_read_rules()) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    gone_ = system_failure(std::string(what) + ": socketpair", errno).value();
    return;
  }
  child_socket_ = UniqueFd(ends[0]);
  const UniqueFd theirs(ends[1]);
  const auto parent = ::getpid();
  const auto child = ::fork();
  if (child == 0) serve(theirs.get(), identity, parent);
  child_.emplace(child);
  if (child > 0) return;
  gone_ = system_failure(std::string(what) + ": fork", errno).value();
  child_socket_ = UniqueFd();
}

Expected<std::string> RulesetReader::read(RulesetForm form, Deadline deadline, const Clock& clock) {
  if (!permitted_) return failure(Errc::not_permitted, std::string(what) + ": needs CAP_NET_ADMIN");
  std::unique_lock lock(mutex_);
  if (!free_again_.wait_for(lock, deadline.left(clock), [&] { return !in_use_; }))
    return failure(Errc::timed_out, std::string(what) + ": others were still reading it at the deadline");
  if (!child_socket_) return tl::unexpected(gone_);
  in_use_ = true;
  lock.unlock();
  auto text = ask(form, deadline, clock);
  lock.lock();
  in_use_ = false;
  free_again_.notify_one();
  return text;
}

Expected<std::string> RulesetReader::read_text(Deadline deadline, const Clock& clock) {
  auto all = read(RulesetForm::text_with_handles, deadline, clock);
  if (!all) return all;
  std::string text;
  for (const auto form : listed_late(*all))
    if (const auto once_more = read(form, deadline, clock)) text += *once_more;
  return text + *all;
}

Expected<std::string> RulesetReader::ask(RulesetForm form, Deadline deadline, const Clock& clock) {
  const auto give_up = [&](const Error& why) {
    gone_ = why;
    child_socket_ = UniqueFd();
    child_->end();
    return tl::unexpected(why);
  };
  const char letter = static_cast<char>(form);
  if (!write_all(child_socket_.get(), &letter, 1)) return give_up(system_failure(what, errno).value());
  Heading heading;
  if (const auto got = read_all(child_socket_.get(), &heading, sizeof heading, deadline, clock); !got) return give_up(got.error());
  std::string text(heading.size, '\0');
  if (const auto got = read_all(child_socket_.get(), text.data(), text.size(), deadline, clock); !got) return give_up(got.error());
  if (!heading.listed) return failure(heading.code, std::move(text));
  return text;
}

}  // namespace ringback::io
