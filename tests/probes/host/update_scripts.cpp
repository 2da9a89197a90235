/// Scripts, and lines that are given to a shell.
#include "probes/host/updaters.hpp"
#include "scripts.hpp"
#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::host;
using namespace ringback::test;
using enum ringback::host::AddressSource;

namespace {

using Names = std::vector<std::string>;

const Familiar known{.names = {"home.example.org"}, .interfaces = {"lo", "eth0", "wlan0"}};

}  // namespace

TEST_CASE("dynv6's script takes the first address of the interface that it is called with") {
  const auto found = read_update_script(dynv6_script, {"token=geheim", "Home.dynv6.net", "eth0"}, known);
  REQUIRE(found);
  CHECK(found->program == "dynv6");
  CHECK(found->names == Names{"home.dynv6.net"});
  CHECK(found->ipv6 == Published{.source = interface, .interface = "eth0", .setting = "ip -6 addr scope global", .line = 12, .skips_temporary = false});
  CHECK(found->ipv4.source == web);
}

TEST_CASE("a script that leaves temporary addresses out is told apart") {
  const auto found = read_update_script("#!/bin/sh\nip6=$(ip -6 addr show dev wlan0 scope global -temporary -deprecated | awk '/inet6/{print $2}')\n"
                                        "curl -s \"https://update6.dedyn.io/?hostname=pi.dedyn.io&myipv6=$ip6\" -u login:secret\n", {}, known);
  REQUIRE(found);
  CHECK(found->program == "curl");
  CHECK(found->names == Names{"pi.dedyn.io"});
  CHECK(found->ipv4.source == none);
  CHECK(found->ipv6 == Published{.source = interface, .interface = "wlan0", .setting = "ip -6 addr scope global", .line = 2, .skips_temporary = true});
}

TEST_CASE("an update URL says which address it publishes") {
  struct Row {
    const char* line;
    AddressSource ipv4, ipv6;
    Names names;
  };
  const Row rows[] = {
      {"curl -s 'https://www.duckdns.org/update?domains=pi,nas&token=0815&ip='", web, none, {"pi.duckdns.org", "nas.duckdns.org"}},
      {"echo url=\"https://www.duckdns.org/update?domains=pi&token=0815&ip=\" | curl -k -o ~/duckdns/duck.log -K -", web, none, {"pi.duckdns.org"}},
      {"curl -6 -fsS \"https://dynv6.com/api/update?zone=pi.dynv6.net&token=0815&ipv6=auto\"", none, web, {"pi.dynv6.net"}},
      {"curl https://ipv4.dynv6.com/api/update -G -d ipv4=auto -d token=0815 -d hostname=pi.dynv6.net", web, none, {"pi.dynv6.net"}},
      {"wget -q -O- --user x --password y 'https://dyndns.strato.com/nic/update?hostname=example.org&myip=192.0.2.7'", literal, none, {"example.org"}},
      {"curl -4 https://ipv64.net/nic/update?key=0815&domain=pi.ipv64.net", web, none, {"pi.ipv64.net"}},
      {"curl https://update.dedyn.io/?hostname=pi.dedyn.io", web, web, {"pi.dedyn.io"}},
      {"curl 'https://dynv6.com/api/update?zone=pi.dynv6.net&token=0815'", none, none, {"pi.dynv6.net"}},   // it changes what it is told alone
      {"curl 'https://dynv6.com/api/update?zone=pi.dynv6.net&ipv6prefix=auto'", none, literal, {"pi.dynv6.net"}},
      {"curl 'https://dynv6.com/api/update?zone=pi.dynv6.net&ipv4=auto&ipv6prefix=auto'", web, literal, {"pi.dynv6.net"}},
      {"curl 'https://dynv6.com/api/update?zone=pi.dynv6.net&ipv6=auto&ipv6prefix=auto'", none, web, {"pi.dynv6.net"}},
      {"curl 'https://ipv64.net/nic/update?domain=pi.ipv64.net&ip6lanprefix=2001:db8::/64'", none, literal, {"pi.ipv64.net"}},
  };
  for (const auto& row : rows) {
    INFO(row.line);
    const auto found = read_update_script(row.line, {}, known);
    REQUIRE(found);
    CHECK(found->ipv4.source == row.ipv4);
    CHECK(found->ipv6.source == row.ipv6);
    CHECK(found->names == row.names);
  }
  CHECK_FALSE(read_update_script("curl https://example.org/update?hostname=pi.example.org", {}, known));
  CHECK_FALSE(read_update_script("# curl https://www.duckdns.org/update?domains=pi", {}, known));
}

TEST_CASE("where an address in the URL comes from is kept as the one word that is to be changed") {
  struct Row {
    const char* text;
    Published ipv6;
  };
  const Row rows[] = {
      {"IP6=$(curl -6 -s icanhazip.com)\ncurl \"https://dynv6.com/api/update?zone=a.dynv6.net&ipv6=$IP6\"", {.source = web, .setting = "IP6", .line = 1}},
      {"IP4=$(curl -4 -s icanhazip.com); IP6=`curl -6 -s icanhazip.com`; curl \"https://dynv6.com/api/update?zone=a.dynv6.net&ipv4=$IP4&ipv6=$IP6\"",
       {.source = web, .setting = "IP6", .line = 1}},
      {"export NOW=\"$(wget -6 -qO- ifconfig.co)\"\nwget \"https://dynv6.com/api/update?zone=a.dynv6.net&ipv6=${NOW}\"", {.source = web, .setting = "NOW", .line = 1}},
      {"curl \"https://dynv6.com/api/update?zone=a.dynv6.net&ipv6=$(curl -6 -s icanhazip.com)\"", {.source = web, .setting = "ipv6", .line = 1}},
      {"curl \"https://dynv6.com/api/update?zone=a.dynv6.net&ipv6=`curl -6 -s icanhazip.com`\"", {.source = web, .setting = "ipv6", .line = 1}},
      {"curl -6 icanhazip.com >/run/ip\nread -r IP </run/ip\ncurl \"https://dynv6.com/api/update?zone=a.dynv6.net&ipv6=$IP\"", {.source = web, .setting = "IP", .line = 1}},
      {"read -r IP </run/ip\ncurl \"https://dyndns.strato.com/nic/update?hostname=a.example.org&myip=$IP\"", {.source = command}},   // "myip" is no mirror's
      {"curl -6 https://update.dedyn.io/?hostname=pi.dedyn.io", {.source = web, .line = 1, .parameter = "myipv6", .service = "update.dedyn.io"}},
      {"curl -6 https://carol.selfhost.de/update?hostname=a.example.org", {.source = web, .line = 1, .service = "carol.selfhost.de"}},
      {"curl -6 'https://ipv64.net/nic/update?domain=pi.ipv64.net&ip='", {.source = web, .line = 1, .parameter = "ip6", .service = "ipv64.net"}},
      {"curl -6 'https://dyndns.strato.com/nic/update?hostname=a.example.org&myip='", {.source = web, .setting = "myip=", .line = 1, .service = "dyndns.strato.com"}},
      {"curl 'https://dynv6.com/api/update?zone=a.dynv6.net&ipv6=2001:DB8::1'", {.source = literal, .setting = "ipv6=2001:db8::1", .line = 1}},
      {"curl 'https://dynv6.com/api/update?zone=a.dynv6.net&ipv6prefix=auto'", {.source = literal, .setting = "ipv6prefix=auto", .line = 1}},
      {"curl 'https://dynv6.com/api/update?zone=a.dynv6.net&ipv6prefix=2001:db8::/56'", {.source = literal, .setting = "ipv6prefix", .line = 1}},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto found = read_update_script(row.text, {}, known);
    REQUIRE(found);
    CHECK(found->ipv6 == row.ipv6);
  }
}

TEST_CASE("an interface is kept where this host has one of that name, and no other word in its place") {
  struct Row {
    const char* listing;
    std::vector<std::string> arguments;
    const char* interface;
    const char* setting;
  };
  const Row rows[] = {
      {"ip -6 addr show scope global | grep inet6", {"home.example.org", "S3cretTok3n"}, "", "ip -6 addr scope global"},
      {"ip -6 addr show scope global $2", {"home.example.org", "S3cretTok3n"}, "", "ip -6 addr scope global"},
      {"ip -6 addr show scope global dev $2", {"home.example.org", "S3cretTok3n"}, "", "ip -6 addr scope global"},
      {"ip -6 addr show scope global dev \"$2\"", {"home.example.org", "eth0"}, "eth0", "ip -6 addr scope global"},
      {"ip -6 addr show dev ${LINK} | grep inet6", {}, "wlan0", "ip -6 addr"},
      {"ip -6 addr show eth0 | grep inet6", {}, "eth0", "ip -6 addr"},
      {"ip -6 addr show dev eth7", {}, "", "ip -6 addr"},
      {"ip -6 addr show up | grep eth0", {}, "", "ip -6 addr"},
  };
  for (const auto& row : rows) {
    INFO(row.listing);
    const auto text = std::string("#!/bin/sh\nLINK=wlan0\nA=$(") + row.listing + ")\ncurl \"https://update6.dedyn.io/?hostname=pi.dedyn.io&myipv6=$A\"\n";
    const auto found = read_update_script(text, row.arguments, known);
    REQUIRE(found);
    CHECK(found->ipv6 == Published{.source = interface, .interface = row.interface, .setting = row.setting, .line = 3, .skips_temporary = false});
  }
}

TEST_CASE("of the words that a script is called with those alone are names that were asked about") {
  constexpr auto script = "#!/bin/sh\nurl=https://dyndns.strato.com/nic/update\ncurl -u \"$1:$2\" \"$url?hostname=$(cat name)&myip=\"\n";
  const auto names_with = [&](const std::vector<std::string>& arguments) {
    const auto found = read_update_script(script, arguments, known);
    REQUIRE(found);
    return found->names;
  };
  CHECK(names_with({"my.login", "My.Passphrase", "Home.Example.org."}) == Names{"home.example.org"});
  CHECK(names_with({"my.login", "My.Passphrase", "other.example.org"}).empty());
}

TEST_CASE("what this host knows of names is what was asked about, as the DNS has it") {
  const auto own = familiar({"Home.Example.org.", "b\u00fccher.example", "-"}, {{.index = 2, .name = "eth0"}});
  CHECK(own.names == Names{"home.example.org", "xn--bcher-kva.example"});
  CHECK(own.interfaces == Names{"eth0"});
}
