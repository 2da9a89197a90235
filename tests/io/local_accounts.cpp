/// Accounts as the files of this host have them.
#include "io/local_account.hpp"

#include <string>

#include "support/catch.hpp"

using ringback::io::local_account;
using ringback::io::local_account_of;
using ringback::io::LocalAccount;

namespace {

constexpr auto passwd = "root:x:0:0:root:/root:/bin/bash\n"
                        "pi:x:1000:1000:,,,:/home/pi:/bin/bash\n"
                        "+ldap::::::\n"
                        "broken:x::1:::\n"
                        "huge:x:4294967295:1:::\n"
                        "pi:x:0:0:the second of that name:/root:/bin/sh\n"
                        "last:x:1001:100";
constexpr auto group = "root:x:0:\nvideo:x:44:nobody,pi\nspi:x:999:pip,spi\npi:x:1000:\nself:x:1000:pi\nodd:x:none:pi\ngpio:x:997:pi";

}  // namespace

TEST_CASE("an account is found in passwd by its whole name, with the groups that it is a member of") {
  struct Row {
    const char* name;
    std::optional<LocalAccount> account;
  };
  const Row rows[] = {{"root", LocalAccount{0, 0, {0}, "root"}},
                      {"pi", LocalAccount{1000, 1000, {1000, 44, 997}, "pi"}},
                      {"last", LocalAccount{1001, 100, {100}, "last"}},
                      {"p", std::nullopt},
                      {"", std::nullopt},
                      {"alice", std::nullopt},    // whom a directory may know
                      {"ldap", std::nullopt},
                      {"+ldap", std::nullopt},
                      {"broken", std::nullopt},
                      {"huge", std::nullopt},     // setresuid(2) would change nothing
                      {"pi:x", std::nullopt},
                      {"pi:x:1000:1000", std::nullopt}};
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(local_account(row.name, passwd, group) == row.account);
  }
}

TEST_CASE("an account is found by its number as well: the first that has it, and none that another source is to add") {
  constexpr auto more = "+all:x:4000:1::/:\n-mallory:x:4001:1::/:\n:x:4002:1::/:\n";
  struct Row {
    uid_t user;
    std::optional<LocalAccount> account;
  };
  const Row rows[] = {{0, LocalAccount{0, 0, {0}, "root"}}, {1000, LocalAccount{1000, 1000, {1000, 44, 997}, "pi"}},
                      {1001, LocalAccount{1001, 100, {100}, "last"}}, {1, std::nullopt}, {4000, std::nullopt}, {4001, std::nullopt},
                      {4002, std::nullopt}, {4294967295, std::nullopt}};
  for (const auto& row : rows) {
    INFO(row.user);
    CHECK(local_account_of(row.user, std::string(more) + passwd, group) == row.account);
  }
}

TEST_CASE("a home folder is what the account's line says, where that is a whole path") {
  constexpr auto lines = "+all:x:4000:1::/all:\nroot:x:0:0:root:/root:/bin/bash\nnagios:x:117:124::/var/lib/nagios:/usr/sbin/nologin\n"
                         "twice:x:117:124::/other:\nnone:x:118:1\nempty:x:119:1:::/bin/sh\nrelative:x:120:1::home:/bin/sh\n";
  CHECK(ringback::io::home_of(0, lines) == "/root");
  CHECK(ringback::io::home_of(117, lines) == "/var/lib/nagios");
  for (const uid_t nobody : {118U, 119U, 120U, 121U, 4000U}) CHECK_FALSE(ringback::io::home_of(nobody, lines));
}

TEST_CASE("files that are empty, or full of marks, name nobody") {
  for (const char* text : {"", "\n", ":", "::::", ":\n:", ",,,", "pi", "pi:", "pi:x:", "pi:x:1", "pi:x:1:", "pi:x:-1:1", "pi:x: 1:1",
                           "pi:x:99999999999:1"}) {
    INFO(text);
    CHECK_FALSE(local_account("pi", text, group));
    CHECK_FALSE(local_account_of(1000, text, group));
    CHECK(local_account("pi", passwd, text)->groups == std::vector<gid_t>{1000});
  }
}
