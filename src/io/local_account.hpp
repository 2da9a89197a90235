#pragma once
/// Accounts of this host's own files, passwd(5) and group(5), read without the name services (nsswitch.conf(5)): those may wait for a directory
/// on another machine, LDAP's or a domain's, for as long as they like.
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringback::io {

struct LocalAccount {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;   ///< its own first, then those of `group` that it is a member of
  std::string name{};
  bool operator==(const LocalAccount&) const = default;
};

/// What the two files say, as far as their lines are whole.
struct AccountFiles {
  std::string passwd, group;
};
[[nodiscard]] AccountFiles account_files();

/// The first of that name, as the C library has it; nullopt: none with two numbers.
[[nodiscard]] std::optional<LocalAccount> local_account(std::string_view name, std::string_view passwd, std::string_view group);
/// The first with that number.
[[nodiscard]] std::optional<LocalAccount> local_account_of(uid_t user, std::string_view passwd, std::string_view group);
/// His home folder; nullopt where `passwd` does not know him, or no absolute path.
[[nodiscard]] std::optional<std::string> home_of(uid_t user, std::string_view passwd);

}  // namespace ringback::io
