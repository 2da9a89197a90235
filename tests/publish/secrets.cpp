#include "publish/secrets.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/catch.hpp"

using namespace ringback;

namespace {

struct Folder {
  std::filesystem::path path = std::string("/tmp/ringback-secrets-XXXXXX");
  Folder() {
    auto text = path.string();
    if (::mkdtemp(text.data()) == nullptr) FAIL("no folder");
    path = text;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string file(const std::string& content, mode_t mode = 0600) const {
    const auto at = path / "password";
    std::ofstream(at) << content;
    ::chmod(at.c_str(), mode);
    return at;
  }
};

const std::vector<uid_t> own{::getuid()};

std::string why_not(const std::string& path, const std::vector<uid_t>& owners = own) {
  const auto read = publish::read_secret(path, owners);
  return read ? "" : read.error().what;
}

}  // namespace

TEST_CASE("a password is the first line of its file") {
  const Folder folder;
  CHECK(publish::read_secret(folder.file("s3cret"), own).value() == "s3cret");
  CHECK(publish::read_secret(folder.file("s3cret\n"), own).value() == "s3cret");
  CHECK(publish::read_secret(folder.file(" s3 cret \r\nmore"), own).value() == " s3 cret ");
  CHECK(publish::read_secret(folder.file("s3cret", 0400), own).value() == "s3cret");
}

TEST_CASE("a file that others can read, or that is none, is refused, and nothing of it repeated") {
  const Folder folder;
  for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0601U, 0610U, 0666U}) {
    const auto why = why_not(folder.file("s3cret", mode));
    CHECK(why.find("chmod 600 " + folder.path.string()) != std::string::npos);
    CHECK(why.find("s3cret") == std::string::npos);
  }
  CHECK(why_not(folder.path.string()).find("is no regular file") != std::string::npos);
  CHECK(why_not(folder.path.string() + "/none").find("cannot be read: No such file") != std::string::npos);
  CHECK(why_not("/dev/null").find("is no regular file") != std::string::npos);
  REQUIRE(::mkfifo((folder.path / "pipe").c_str(), 0600) == 0);
  CHECK(why_not(folder.path.string() + "/pipe").find("is no regular file") != std::string::npos);   // and nobody waits for a writer
  CHECK(why_not(folder.file(std::string(5000, 'x'))).find("longer than 4 KiB") != std::string::npos);
  for (const char* empty : {"", "\n", "\r\n", "\npassword"}) CHECK(why_not(folder.file(empty)).find("no password in its first line") != std::string::npos);
  CHECK(why_not(folder.file(std::string("a\0b", 3))).find("no password") != std::string::npos);
}

TEST_CASE("a file of another user is refused") {
  const Folder folder;
  const auto path = folder.file("s3cret");
  REQUIRE(::chown(path.c_str(), 4711, 4711) == 0);   // tests run as root
  CHECK(why_not(path).find("belongs to another user") != std::string::npos);
  CHECK(publish::read_secret(path, {4711}));
  REQUIRE(::chown(path.c_str(), 0, 0) == 0);
  CHECK(publish::read_secret(path, {4711}));
}

TEST_CASE("who called by way of sudo may own the file") {
  const Folder folder;
  Destinations destinations;
  destinations.mqtt = Broker{.host = "broker.example", .user = "me", .password_file = folder.file("s3cret")};
  REQUIRE(::chown(destinations.mqtt->password_file->c_str(), 4711, 4711) == 0);
  CHECK(publish::with_secrets(destinations, {.sudo_user = "4711"}).mqtt.value().password == "s3cret");
  CHECK_FALSE(publish::with_secrets(destinations, {}).mqtt);
  CHECK_FALSE(publish::with_secrets(destinations, {.sudo_user = "4711x"}).mqtt);
}

TEST_CASE("without its password a broker is not told, and that is said") {
  const Folder folder;
  Destinations destinations;
  destinations.pings = {WebDestination::parse("https://hc-ping.com/x").value()};
  destinations.mqtt = Broker{.host = "broker.example", .user = "me", .password_file = folder.file("s3cret", 0644)};
  const auto read = publish::with_secrets(destinations, {});
  CHECK_FALSE(read.mqtt);
  CHECK(read.pings.size() == 1);
  REQUIRE(read.troubles.size() == 1);
  CHECK(read.troubles[0].starts_with("MQTT: broker.example:1883 was not told: --mqtt-password-file: " + folder.path.string()));
  CHECK(read.troubles[0].find("s3cret") == std::string::npos);
}

TEST_CASE("certificates are read, too") {
  const Folder folder;
  Destinations destinations;
  destinations.mqtt = Broker{.host = "broker.example", .tls = true, .authorities_file = folder.file("-----BEGIN", 0644)};
  CHECK(publish::with_secrets(destinations, {}).mqtt.value().authorities == "-----BEGIN");
  destinations.mqtt->authorities_file = folder.path.string() + "/none";
  const auto read = publish::with_secrets(destinations, {});
  CHECK_FALSE(read.mqtt);
  CHECK(read.troubles.at(0).find("--mqtt-ca: ") != std::string::npos);
}
