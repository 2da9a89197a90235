#include "io/privilege.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "io/files.hpp"
#include "io/local_account.hpp"
#include "io/system.hpp"

namespace ringback::io {
namespace {

constexpr uid_t nobody = 65534;   // where passwd(5) has no "nobody": the kernel's overflowuid

std::optional<unsigned> number(const std::optional<std::string>& text) {
  unsigned value = 0;
  if (!text || text->empty()) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value == static_cast<unsigned>(-1)) return std::nullopt;
  return value;
}

Identity identity_of(uid_t user, std::optional<gid_t> group) {
  const auto files = account_files();
  const auto account = local_account_of(user, files.passwd, files.group);
  return {user, group ? *group : account ? account->group : static_cast<gid_t>(user), account ? account->name : ""};
}

Identity the_nobody() {
  const auto files = account_files();
  const auto account = local_account("nobody", files.passwd, files.group);
  return account && account->user != 0 ? Identity{account->user, account->group, "nobody"} : Identity{nobody, nobody, ""};
}

/// A user's groups let him read and write what is his; "nobody" has none, and neither has whom the files of this host do not know.
std::vector<gid_t> groups_of(const Identity& identity) {
  if (identity.name.empty() || is_nobody(identity)) return {};
  const auto files = account_files();
  auto account = local_account_of(identity.user, files.passwd, files.group);
  if (!account) return {};
  account->groups.push_back(identity.group);   // as initgroups(3) has it
  std::ranges::sort(account->groups);
  const auto again = std::ranges::unique(account->groups);
  account->groups.erase(again.begin(), again.end());
  std::erase(account->groups, gid_t{0});
  return account->groups;
}

tl::unexpected<Error> failed(const char* what) { return system_failure(std::string("give up privileges: ") + what, errno); }

Expected<void> become(const Identity& identity) {
  const auto groups = groups_of(identity);
  if (::setgroups(groups.size(), groups.data()) != 0) return failed("setgroups");
  if (::setresgid(identity.group, identity.group, identity.group) != 0) return failed("setresgid");
  if (::setresuid(identity.user, identity.user, identity.user) != 0) return failed("setresuid");
  return {};
}

/// Root of a container or a user namespace may be root in name alone, and has nobody else to become.
bool may_become_another() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  if (::syscall(SYS_capget, &header, data.data()) != 0) return true;
  const auto has = [&](int capability) { return (data[static_cast<std::size_t>(CAP_TO_INDEX(capability))].effective & CAP_TO_MASK(capability)) != 0; };
  const auto groups = read_whole_file("/proc/self/setgroups", 16);
  return has(CAP_SETUID) && has(CAP_SETGID) && !(groups && groups->starts_with("deny"));
}

struct Capabilities {
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
  [[nodiscard]] bool none() const {
    return std::ranges::all_of(data, [](const auto& word) { return word.effective == 0 && word.permitted == 0 && word.inheritable == 0; });
  }
};

Expected<void> drop_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  Capabilities none;
  if (::syscall(SYS_capset, &header, none.data.data()) != 0) return failed("capset");
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 && errno != EINVAL) return failed("ambient capabilities");
  return {};
}

Expected<void> verify(const std::optional<Identity>& identity) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  Capabilities now;
  if (::syscall(SYS_capget, &header, now.data.data()) != 0) return failed("capget");
  if (!now.none()) return failure(Errc::failed, "give up privileges: capabilities are left");
  if (!identity) return {};   // this process stays who it is, without a capability
  uid_t real = 0, effective = 0, saved = 0;
  if (::getresuid(&real, &effective, &saved) != 0) return failed("getresuid");
  if (real != identity->user || effective != identity->user || saved != identity->user)
    return failure(Errc::failed, "give up privileges: the user has not changed");
  if (real == 0 || effective == 0 || saved == 0) return failure(Errc::failed, "give up privileges: root is left");
  if (::setresuid(static_cast<uid_t>(-1), 0, static_cast<uid_t>(-1)) == 0)
    return failure(Errc::failed, "give up privileges: root can be had again");
  return {};
}

}  // namespace

Expected<std::optional<Identity>> less_privileged(const Caller& caller) {
  uid_t real = 0, effective = 0, saved = 0;
  if (::getresuid(&real, &effective, &saved) != 0) return failed("getresuid");
  if (real != 0 && effective != 0 && saved != 0) return std::nullopt;
  if (!may_become_another()) return std::nullopt;
  if (real != 0) return identity_of(real, ::getgid());   // the set-user-ID bit: back to who called
  const auto user = number(caller.sudo_user);
  if (!user || *user == 0) return the_nobody();
  const auto group = number(caller.sudo_group);
  return identity_of(*user, group && *group != 0 ? std::optional<gid_t>(*group) : std::nullopt);
}

bool is_nobody(const Identity& identity) { return identity.name == "nobody" || (identity.name.empty() && identity.user == nobody); }

AsCaller::AsCaller() : user_(::geteuid()), group_(::getegid()), is_another_(user_ != ::getuid() || group_ != ::getgid()) {
  if (!is_another_) return;
  ::setfsgid(::getgid());   // first, as long as this process may
  ::setfsuid(::getuid());
}

AsCaller::~AsCaller() {
  if (!is_another_) return;
  ::setfsuid(user_);   // not where everything was given up meanwhile: then the kernel refuses
  ::setfsgid(group_);
}

bool keep_only(std::optional<int> capability, const std::optional<Identity>& identity) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  Capabilities kept, now;
  if (::syscall(SYS_capget, &header, now.data.data()) != 0) return false;
  if (capability) {
    const auto word = static_cast<std::size_t>(CAP_TO_INDEX(*capability));
    kept.data[word].permitted = kept.data[word].effective = now.data[word].permitted & CAP_TO_MASK(*capability);
  }
  if (identity && (identity->user == 0 || ::prctl(PR_SET_KEEPCAPS, 1) != 0 || !become(*identity))) return false;
  return ::syscall(SYS_capset, &header, kept.data.data()) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

Expected<void> become_owner_of(const std::string& folder) {
  struct stat found{};
  if (::geteuid() != 0) return {};
  if (::stat(folder.c_str(), &found) != 0) return system_failure("look at " + folder, errno);
  const auto owner = found.st_uid == 0 ? std::nullopt : std::optional(Identity{found.st_uid, found.st_gid, ""});
  if (keep_only(CAP_DAC_READ_SEARCH, owner)) return {};
  return failure(Errc::not_permitted, "work as user " + std::to_string(found.st_uid) + ", who owns " + folder + ": the kernel refused");
}

Expected<void> drop_privileges(const std::optional<Identity>& identity) {
  if (names_in_directory("/proc/self/task").size() > 1) return failure(Errc::unsupported, "give up privileges: there are threads already");
  if (identity && identity->user == 0) return failure(Errc::invalid_input, "give up privileges: root is no way down");
  if (identity)
    if (auto done = become(*identity); !done) return done;
  if (auto done = drop_capabilities(); !done) return done;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no_new_privs");
  return verify(identity);
}

}  // namespace ringback::io
