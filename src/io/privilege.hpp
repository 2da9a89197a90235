#pragma once
/// Giving up privileges once what needs them is open: what comes from outside is parsed by somebody who may do nothing.
#include <sys/types.h>

#include <optional>
#include <string>

#include "base/expected.hpp"

namespace ringback::io {

/// Whom the program shall run as from now on.
struct Identity {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;                        ///< empty: none in passwd(5) of this host
  bool operator==(const Identity&) const = default;
};

/// What the environment says of who called (sudo(8)); it is believed only of root, who may become anybody anyway.
struct Caller {
  std::optional<std::string> sudo_user, sudo_group;   ///< SUDO_UID, SUDO_GID
};

/// The user who called by way of sudo or of the set-user-ID bit, otherwise "nobody". Accounts are looked up in this host's own files alone: a
/// directory on another machine may take as long as it likes. Of whom they do not know, the numbers count. nullopt: this process is not root, or
/// root in name alone (a container that may not change its user), and stays who it is. Errc::failed where root would remain root.
[[nodiscard]] Expected<std::optional<Identity>> less_privileged(const Caller& caller);

/// The one who owns nothing, and whom nobody is.
[[nodiscard]] bool is_nobody(const Identity& identity);

/// While it lives, this thread opens files with the rights of whoever called, and no more (setfsuid(2)): a program with the set-user-ID bit
/// must not read, and quote in its complaints, what he may not. Nothing changes where the program has no such bit.
class AsCaller {
 public:
  AsCaller();
  ~AsCaller();
  AsCaller(const AsCaller&) = delete;
  AsCaller& operator=(const AsCaller&) = delete;

 private:
  uid_t user_;    ///< before
  gid_t group_;
  bool is_another_;
};

/// Becomes `identity` (where there is one) with its groups, drops every capability, and sees to it that no program started from here gains
/// any (prctl(2) PR_SET_NO_NEW_PRIVS). There must be no second thread, because the kernel keeps these by thread: Errc::unsupported
/// otherwise. An error leaves the process somewhere between; it must end then. The result was verified.
[[nodiscard]] Expected<void> drop_privileges(const std::optional<Identity>& identity);

/// For a child process that still has one thing to do: becomes `identity` and keeps this one capability (CAP_…) where it had it, or none at all. False:
/// the kernel refused, and the process must end.
[[nodiscard]] bool keep_only(std::optional<int> capability, const std::optional<Identity>& identity);

/// For a child process of root that reads what is in a folder of somebody else, who perhaps put it there: it becomes whoever owns `folder` (perhaps
/// root, without root's rights), and may only still go through folders on the way there that are not open to him (/var/lib/private of systemd). Nothing
/// changes where this process is not root.
[[nodiscard]] Expected<void> become_owner_of(const std::string& folder);

}  // namespace ringback::io
