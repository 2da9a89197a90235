#include "io/local_account.hpp"

#include <algorithm>
#include <charconv>

#include "io/files.hpp"

namespace ringback::io {
namespace {

constexpr std::size_t longest_list = 1024 * 1024;   // of accounts, or of groups
constexpr unsigned nobody_can_be = 0xffffffff;      // setresuid(2): "leave it as it is"

/// Takes the first piece off, and the mark behind it.
std::string_view take(std::string_view& text, char mark) {
  const auto end = text.find(mark);
  const auto piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

/// Digits alone: in the lines of nss_compat ("+name::::::") there are none.
std::optional<unsigned> identifier(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value == nobody_can_be) return std::nullopt;
  return value;
}

std::optional<LocalAccount> account_in(std::string_view line) {
  const auto name = take(line, ':');
  take(line, ':');   // the password's place
  const auto user = identifier(take(line, ':')), group = identifier(take(line, ':'));
  if (!user || !group) return std::nullopt;
  return LocalAccount{*user, *group, {*group}, std::string(name)};
}

/// nss_compat: what is to be added from elsewhere, or left out.
bool is_of_other_sources(std::string_view name) { return name.empty() || name.front() == '+' || name.front() == '-'; }

bool is_member(std::string_view members, std::string_view name) {
  while (!members.empty())
    if (take(members, ',') == name) return true;
  return false;
}

template <class IsHim>
std::optional<LocalAccount> first_account(std::string_view passwd, std::string_view group, const IsHim& is_him) {
  std::optional<LocalAccount> account;
  while (!account && !passwd.empty())
    if (auto found = account_in(take(passwd, '\n')); found && is_him(*found)) account = std::move(found);
  while (account && !group.empty()) {
    auto line = take(group, '\n');
    take(line, ':');
    take(line, ':');
    const auto number = identifier(take(line, ':'));
    if (!number || !is_member(line, account->name)) continue;
    if (std::ranges::find(account->groups, *number) == account->groups.end()) account->groups.push_back(*number);
  }
  return account;
}

/// Of a longer file, the lines that are whole: a number that is cut short is somebody else's.
std::string whole_lines(const std::string& path) {
  auto text = read_whole_file(path, longest_list).value_or("");
  if (text.size() == longest_list) text.resize(text.rfind('\n') + 1);
  return text;
}

}  // namespace

AccountFiles account_files() { return {whole_lines("/etc/passwd"), whole_lines("/etc/group")}; }

std::optional<LocalAccount> local_account(std::string_view name, std::string_view passwd, std::string_view group) {
  return first_account(passwd, group, [&](const LocalAccount& account) { return account.name == name; });
}

std::optional<LocalAccount> local_account_of(uid_t user, std::string_view passwd, std::string_view group) {
  return first_account(passwd, group, [&](const LocalAccount& account) { return account.user == user && !is_of_other_sources(account.name); });
}

std::optional<std::string> home_of(uid_t user, std::string_view passwd) {
  constexpr int before_home = 5;   // name, password, two numbers, comment
  while (!passwd.empty()) {
    auto line = take(passwd, '\n');
    const auto account = account_in(line);
    if (!account || account->user != user || is_of_other_sources(account->name)) continue;
    for (int i = 0; i < before_home; ++i) take(line, ':');
    const auto home = take(line, ':');
    return home.starts_with('/') ? std::optional<std::string>(home) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace ringback::io
