#include <fmt/format.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "io/environment.hpp"
#include "io/real.hpp"
#include "support/private_network.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

/// One variable of the environment, while this lives.
class Variable {
 public:
  Variable(const char* name, const std::string& text) : name_(name) { ::setenv(name, text.c_str(), 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

const std::string module = LOADED_BY_NAME "/libxt_string.so";
const std::string mark = module + ".loaded";

bool is_loaded() { return ::access(mark.c_str(), F_OK) == 0; }

}  // namespace

TEST_CASE("who reads the packet filter's rules loads no code from where the caller's environment says") {
  const Namespace space;
  space.run("iptables-nft -A INPUT -m string --string x --algo bm -j DROP");
  const Variable library_path("XTABLES_LIBDIR", LOADED_BY_NAME);
  ::unlink(mark.c_str());
  space.run("iptables-nft -S INPUT || true");
  REQUIRE(is_loaded());   // otherwise this test would show nothing
  ::unlink(mark.c_str());
  const Inside inside(space);
  const Real real;
  CHECK(value(real.network->nftables_listing(real.soon())).find("hook input") != std::string::npos);
  CHECK_FALSE(is_loaded());
}

/// Begun by the next test, in a copy of this program that has a capability which its caller lacks.
TEST_CASE("of the environment of somebody with fewer rights only what steers the output is left", "[.][fewer-rights]") {
  REQUIRE(::getauxval(AT_SECURE) != 0);
  REQUIRE(std::getenv("XTABLES_LIBDIR") != nullptr);
  io::distrust_environment();
  for (const auto* gone : {"XTABLES_LIBDIR", "OPENSSL_CONF", "SSLKEYLOGFILE", "SASL_PATH", "HOSTALIASES", "LOCALDOMAIN", "RES_OPTIONS",
                           "http_proxy", "SUDO_UID"})
    CHECK(std::getenv(gone) == nullptr);
  CHECK(std::string(std::getenv("HOME")) == "/home/somebody");
  CHECK(std::string(std::getenv("NO_COLOR")) == "1");
}

TEST_CASE("a program with file capabilities distrusts its caller's environment") {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("ringback-rights-{}", ::getpid());
  std::filesystem::create_directory(folder);
  const auto copy = (folder / "test-io").string();
  std::filesystem::copy_file("/proc/self/exe", copy);
  const Namespace space;
  space.run("setcap cap_net_raw+ep " + copy);
  // A program that has rights cannot be traced, which the leak checker of a build with sanitizers wants to do.
  CHECK_NOTHROW(space.run(
      "env ASAN_OPTIONS=detect_leaks=0 XTABLES_LIBDIR=/tmp OPENSSL_CONF=/tmp/a SSLKEYLOGFILE=/tmp/b SASL_PATH=/tmp HOSTALIASES=/tmp/c "
      "LOCALDOMAIN=d RES_OPTIONS=ndots:9 http_proxy=http://e SUDO_UID=0 HOME=/home/somebody NO_COLOR=1 "
      "setpriv --reuid=65534 --regid=65534 --clear-groups " + copy + " '[fewer-rights]' >" + copy + ".said"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("an environment that the caller may shape is kept where he gains nothing by it") {
  const Variable library_path("XTABLES_LIBDIR", "/tmp");
  io::distrust_environment();   // this program has no rights that its caller lacks
  CHECK(std::getenv("XTABLES_LIBDIR") != nullptr);
}
