#include "publish/secrets.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/unique_fd.hpp"
#include "io/files.hpp"

namespace ringback::publish {
namespace {

constexpr std::size_t longest_secret = 4096, longest_certificates = 1U << 20U;

tl::unexpected<Error> refused(const std::string& path, std::string_view why) { return failure(Errc::not_permitted, fmt::format("{} {}", path, why)); }

/// At most one byte more than `limit`.
std::string read_all(int fd, std::size_t limit) {
  std::string text(limit + 1, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const auto got = ::read(fd, text.data() + length, text.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    length += static_cast<std::size_t>(got);
  }
  text.resize(length);
  return text;
}

Expected<UniqueFd> open_regular(const std::string& path) {
  const io::AsCaller as_caller;
  const auto opened = io::open_regular_file(path.c_str(), true);
  if (opened.fd >= 0) return UniqueFd(opened.fd);
  if (opened.error == io::OpenedFile::not_regular) return refused(path, "is no regular file");
  return failure(Errc::failed, fmt::format("{} cannot be read: {}", path, std::strerror(opened.error)));
}

Expected<std::string> read_certificates(const std::string& path) {
  const auto file = open_regular(path);
  if (!file) return tl::unexpected(file.error());
  auto text = read_all(file->get(), longest_certificates);
  if (text.size() > longest_certificates) return failure(Errc::exhausted, path + " is longer than 1 MiB");
  return text;
}

/// Who may own a secret besides root: whoever started this process, also by way of sudo.
std::vector<uid_t> owners(const io::Caller& caller) {
  std::vector<uid_t> all{::getuid()};
  if (uid_t user = 0; ::getuid() == 0 && caller.sudo_user) {
    const auto& text = *caller.sudo_user;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), user);
    if (error == std::errc{} && end == text.data() + text.size()) all.push_back(user);
  }
  return all;
}

}  // namespace

Expected<std::string> read_secret(const std::string& path, const std::vector<uid_t>& owners) {
  const auto file = open_regular(path);
  if (!file) return tl::unexpected(file.error());
  struct stat status{};
  if (::fstat(file->get(), &status) != 0) return failure(Errc::failed, fmt::format("{} cannot be read: {}", path, std::strerror(errno)));
  if (status.st_uid != 0 && std::ranges::find(owners, status.st_uid) == owners.end())
    return refused(path, "belongs to another user, who could read the password and change it; it must be root's or your own");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return refused(path, fmt::format("is open to others than its owner; do this: chmod 600 {}", path));
  auto text = read_all(file->get(), longest_secret);
  if (text.size() > longest_secret) return failure(Errc::exhausted, fmt::format("{} is longer than 4 KiB: that is no password", path));
  text.resize(std::min(text.find('\n'), text.size()));
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty() || text.find('\0') != std::string::npos) return refused(path, "has no password in its first line");
  return text;
}

Destinations with_secrets(Destinations destinations, const io::Caller& caller) {
  auto& broker = destinations.mqtt;
  const auto give_up = [&](std::string_view option, const std::string& why) {
    destinations.troubles.push_back(fmt::format("MQTT: {} was not told: {}: {}", broker->place(), option, why));
    broker.reset();
  };
  if (broker && broker->password_file) {
    auto password = read_secret(*broker->password_file, owners(caller));
    if (password) broker->password = std::move(*password);
    else give_up("--mqtt-password-file", password.error().what);
  }
  if (broker && broker->authorities_file) {
    auto certificates = read_certificates(*broker->authorities_file);
    if (certificates) broker->authorities = std::move(*certificates);
    else give_up("--mqtt-ca", certificates.error().what);
  }
  return destinations;
}

}  // namespace ringback::publish
