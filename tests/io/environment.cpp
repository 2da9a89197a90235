#include <unistd.h>

#include <cstdlib>

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

TEST_CASE("an environment that the caller may shape is kept where he gains nothing by it") {
  const Variable library_path("XTABLES_LIBDIR", "/tmp");
  io::distrust_environment();   // this program has no rights that its caller lacks
  CHECK(std::getenv("XTABLES_LIBDIR") != nullptr);
}
