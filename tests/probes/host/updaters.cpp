#include "probes/host/updaters.hpp"

#include <fmt/format.h>

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::host;
using enum ringback::host::AddressSource;

namespace {

using Names = std::vector<std::string>;

std::vector<Updater> inadyn(std::string_view text, const std::map<std::string, std::string>& files = {}) {
  return read_inadyn(text, [&](const std::string& path) {
    const auto file = files.find(path);
    return file == files.end() ? std::string() : file->second;
  });
}

}  // namespace

TEST_CASE("ddclient says for each family how it finds the address") {
  struct Row {
    const char* lines;
    AddressSource ipv4, ipv6;
    const char* interface6;
    const char* setting6;
    unsigned line6;
  };
  const Row rows[] = {
      {"usev6=webv6\nhome.example.org\n", none, web, "", "usev6=webv6", 1},
      {"usev4=disabled\nusev6=web\nhome.example.org\n", none, web, "", "usev6=web", 2},
      {"usev4=webv4, usev6=ifv6, ifv6=eth0 \\\nhome.example.org\n", web, interface, "eth0", "usev6=ifv6", 1},
      {"usev6=if, if=wlan0\nlogin=me\npassword='a b'\nhome.example.org\n", none, interface, "wlan0", "usev6=if", 1},
      {"protocol=dyndns2, \\\nusev6=cmdv6, \\\ncmdv6='/usr/local/bin/where --six'\nhome.example.org\n", none, command, "", "usev6=cmdv6", 2},
      {"usev4=fwv4\nhome.example.org\n", router, none, "", "", 0},
      {"usev4=linksys\nhome.example.org\n", router, none, "", "", 0},
      {"use=web\nhome.example.org\n", web, none, "", "", 0},
      {"use=web, web=checkip.example.net\nhome.example.org\n", web, unknown, "", "", 0},
      {"use=web, web=noip-ipv4\nhome.example.org\n", web, none, "", "", 0},
      {"use=web, web=checkipv6.example.net\nhome.example.org\n", none, web, "", "use=web", 1},
      {"use=if, if=ppp0\nhome.example.org\n", interface, none, "", "", 0},
      {"use=web\nusev6=webv6\nhome.example.org\n", web, web, "", "usev6=webv6", 2},   // up to 3.10 both count
      {"use=no\nusev6=webv6\nhome.example.org\n", none, web, "", "usev6=webv6", 2},
      {"usev4=ipv4, ipv4=192.0.2.1\nhome.example.org\n", literal, none, "", "", 0},
      {"home.example.org\n", none, none, "", "", 0},
      {"# usev6=webv6\nusev6=no # webv6\nhome.example.org\n", none, none, "", "usev6=no", 2},
      {"usev6=webv6\nusev6=ifv6\nifv6=eth0\nhome.example.org\n", none, interface, "eth0", "usev6=ifv6", 2},
      {"USEV6=webv6\nhome.example.org login password\n", none, web, "", "usev6=webv6", 1},
  };
  for (const auto& row : rows) {
    INFO(row.lines);
    const auto found = read_ddclient(row.lines);
    REQUIRE(found.size() == 1);
    CHECK(found[0].names == Names{"home.example.org"});
    CHECK(found[0].ipv4.source == row.ipv4);
    CHECK(found[0].ipv6.source == row.ipv6);
    CHECK(found[0].ipv6.interface == row.interface6);
    CHECK(found[0].ipv6.setting == row.setting6);
    CHECK(found[0].ipv6.line == row.line6);
    if (row.ipv6 == interface) CHECK(found[0].ipv6.skips_temporary == true);
  }
}

TEST_CASE("of the page that an updater asks how it is seen the host alone is kept") {
  const std::pair<const char*, const char*> rows[] = {
      {"usev6=webv6, webv6=https://v6.example.net/ip?key=secret\n", "v6.example.net"}, {"usev6=webv6, webv6=V6.example.net\n", "v6.example.net"},
      {"usev6=webv6, webv6='http://[2001:db8::53]:8080/'\n", "2001:db8::53"},          {"usev6=webv6, webv6=http://192.0.2.1:80/\n", "192.0.2.1"},
      {"usev6=webv6, webv6=ipify-ipv6\n", ""},                                         {"usev6=webv6\n", ""},
      {"usev6=webv6, webv6=https://me:secret@v6.example.net/\n", ""},                  {"usev6=webv6, webv6=http://[2001:db8::53\n", ""},
      {"usev6=ifv6, webv6=https://v6.example.net/\n", ""},                             {"use=web, web=https://checkipv6.example.net/\n", "checkipv6.example.net"},
  };
  for (const auto& [lines, service] : rows) {
    INFO(lines);
    const auto found = read_ddclient(std::string(lines) + "home.example.org\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].ipv6.service == service);
  }
  const auto by_inadyn = inadyn("allow-ipv6 = true\nprovider a@example.net {\n checkip-server = \"http://see.example.net:8080\"\n hostname = a.example.org\n}\n");
  REQUIRE(by_inadyn.size() == 1);
  CHECK(by_inadyn[0].ipv6.service == "see.example.net");
  const auto script = read_update_script("curl \"https://ipv6.dynv6.com/api/update?hostname=home.example.org&token=secret&ipv6=auto\"", {}, {});
  REQUIRE(script);
  CHECK(script->ipv6.service == "ipv6.dynv6.com");
}

TEST_CASE("ddclient's hosts have the options that stand before them, and theirs alone those of their own line") {
  const auto found = read_ddclient("usev4=webv4\n"
                                   "a.example.org, b.example.org,c.example.org login secret.example.com\n"
                                   "usev6=webv6, protocol=duckdns, host=pi\n"
                                   "d.example.org\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].names == Names{"a.example.org", "b.example.org", "c.example.org", "d.example.org"});
  CHECK(found[0].ipv6.source == none);
  CHECK(found[1].names == Names{"pi.duckdns.org"});
  CHECK(found[1].ipv6.source == web);
}

TEST_CASE("inadyn says once for all providers whether it publishes IPv6, and each may look elsewhere") {
  const auto found = inadyn("# comment { provider\n"
                            "allow-ipv6 = true\n"
                            "provider no-ip.com { username = me\n password = \"se}cret.example.com\"\n hostname = a.example.org }\n"
                            "provider default@dynv6.com:1 { iface = eth0\n hostname = { b.example.org, \"c.example.org\" } }\n"
                            "custom own { checkip-command = \"/usr/bin/where me\"\n hostname = d.example.org\n }\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0].names == Names{"a.example.org"});
  CHECK(found[0].ipv4.source == web);
  CHECK(found[0].ipv6.source == web);
  CHECK(found[0].ipv6.setting == "allow-ipv6=true");
  CHECK(found[0].ipv6.line == 2);
  CHECK(found[1].names == Names{"b.example.org", "c.example.org"});
  CHECK(found[1].ipv6.source == interface);
  CHECK(found[1].ipv6.interface == "eth0");
  CHECK(found[1].ipv6.setting == "iface=eth0");
  CHECK(found[1].ipv6.line == 6);
  CHECK(found[1].ipv6.skips_temporary == false);
  CHECK(found[1].ipv4.source == none);
  CHECK(found[2].ipv4.source == command);
  CHECK(found[2].names == Names{"d.example.org"});
}

TEST_CASE("a command that lists the addresses which stay is known by its words, and nothing but its interface is kept") {
  constexpr auto advised = "ip -6 -o addr show dev eth0 scope global -temporary -deprecated | awk '{print $4}' | cut -d/ -f1 | grep -v ^f | head -n 1";
  struct Row {
    std::string command;
    std::optional<std::string> interface;
  };
  const Row rows[] = {
      {advised, "eth0"},
      {"ip -o -6 addr show scope global -temporary -deprecated | cut -d' ' -f7 | grep -v ^f", ""},
      {"ip -6 addr show dev eth0 scope global -temporary -deprecated | head -n 1", std::nullopt},   // one that is good inside the home alone may come first
      {"ip -6 addr show dev eth0 scope global | grep -v ^f", std::nullopt},
      {"curl https://me:secret@example.net/", std::nullopt},
      {"/usr/local/bin/where -temporary -deprecated", std::nullopt},
  };
  for (const auto& row : rows) {
    INFO(row.command);
    CHECK(interface_of_stable_list(row.command) == row.interface);
    const std::vector<std::vector<Updater>> read = {
        inadyn("allow-ipv6 = true\ncustom own {\n checkip-command = \"" + row.command + "\"\n hostname = a.example.org\n}\n"),
        read_ddclient("protocol=dyndns2\n\nuse=cmd, cmd=\"" + row.command + "\"\na.example.org\n"),
        read_ddclient("protocol=cloudflare\n\nusev6=cmdv6, cmdv6=\"" + row.command + "\"\na.example.org\n")};
    for (const auto& found : read) {
      REQUIRE(found.size() == 1);
      CHECK((found[0].ipv6.source == interface) == row.interface.has_value());
      if (!row.interface) continue;
      CHECK(found[0].ipv6.interface == *row.interface);
      CHECK(found[0].ipv6.line == 3);
      CHECK(found[0].ipv6.skips_temporary == true);
      CHECK(found[0].ipv4.source == none);
    }
  }
  const auto four = inadyn("custom own { checkip-command = \"" + std::string(advised) + "\"\n hostname = a.example.org }");   // it throws IPv6 addresses away
  REQUIRE(four.size() == 1);
  CHECK(four[0].ipv6.source == none);
}

TEST_CASE("inadyn publishes no IPv6 unless it is told to, and takes what it includes") {
  auto found = inadyn("provider freedns { hostname = a.example.org }");
  REQUIRE(found.size() == 1);
  CHECK(found[0].ipv6.source == none);
  found = inadyn("allow-ipv6 = yes\ninclude(\"/etc/inadyn.more\")\n", {{"/etc/inadyn.more", "\n\niface = eth1\nprovider x { hostname = b.example.org }"}});
  REQUIRE(found.size() == 1);
  CHECK(found[0].ipv6.interface == "eth1");
  CHECK(found[0].ipv6.line == 0);   // of another file
  found = inadyn("include(\"self\")", {{"self", "include(\"self\")\nprovider x { hostname = c.example.org }"}});
  CHECK(found.size() == 1);
}

TEST_CASE("ddns-updater asks how it is seen, unless it is given the last bits") {
  const auto found = read_ddns_updater(R"({"settings": [
      {"provider": "desec", "domain": "example.org", "host": "@,www", "ip_version": "ipv6", "token": "secret.example.com"},
      {"provider": "desec", "domain": "pi.example.org", "ip_version": "ipv6", "ipv6_suffix": "::42/64", "token": "x"},
      {"provider": "duckdns", "host": "pi", "ip_version": "ipv4", "token": "y"}]})");
  REQUIRE(found.size() == 3);
  CHECK(found[0].names == Names{"example.org", "www.example.org"});
  CHECK(found[0].ipv4.source == none);
  CHECK(found[0].ipv6.source == web);
  CHECK(found[1].ipv6.source == literal);
  CHECK(found[1].ipv6.setting == "ipv6_suffix");
  CHECK(found[1].ipv6.suffix == Address::parse("::42").value());
  CHECK(found[2].names == Names{"pi.duckdns.org"});
  CHECK(found[2].ipv4.source == web);
  CHECK(found[2].ipv6.source == none);
}

TEST_CASE("of ddns-updater's last bits those alone are kept that are the lower half of an address") {
  struct Row {
    const char* written;
    const char* suffix;   ///< null: none
  };
  for (const auto& row : {Row{"0:0:0:0:5054:ff:fe12:3456/64", "::5054:ff:fe12:3456"}, Row{"::1/64", "::1"}, Row{"::42", nullptr}, Row{"::42/72", nullptr},
                          Row{"2001:db8::42/64", nullptr}, Row{"10.0.0.1/64", nullptr}, Row{"secret/64", nullptr}, Row{"/64", nullptr}}) {
    INFO(row.written);
    const auto found = read_ddns_updater(fmt::format(R"({{"settings": [{{"domain": "pi.example.org", "ipv6_suffix": "{}"}}]}})", row.written));
    REQUIRE(found.size() == 1);
    CHECK(found[0].ipv6.source == literal);
    CHECK(found[0].ipv6.suffix == (row.suffix ? std::optional(Address::parse(row.suffix).value()) : std::nullopt));
  }
}

TEST_CASE("hostile files are read within bounds") {
  std::string hosts, nested, braces;
  for (int i = 0; i < 5000; ++i) {
    hosts += "usev6=webv6, web=w" + std::to_string(i) + " h" + std::to_string(i) + ".example.org,\n";
    nested += "{\"settings\":[";
    braces += "provider x { hostname = { ";
  }
  for (const auto& updater : read_ddclient(hosts)) CHECK(updater.names.size() <= 32);
  CHECK(read_ddclient(hosts).size() <= 8);
  CHECK(read_ddns_updater(nested).empty());
  CHECK(inadyn(braces).size() <= 16);
  for (const char* text : {"", "\\", "=", "usev6=", "usev6='", "\"", "usev6=webv6\\", ",,,", "a=b=c", "provider", "provider x {", "include(", "include(\"", "= {", "{}", "[]", "{\"settings\":{}}", "{\"settings\":[1]}",
                           "curl https://www.duckdns.org/update?domains=", "curl https://www.duckdns.org/update?domains=$", "curl https://www.duckdns.org/update?domains=${a&ip=$ip", "a=$a\ncurl dynv6.com/api/update?zone=$a"}) {
    INFO(text);
    CHECK(read_ddclient(text).size() <= 1);
    CHECK(inadyn(text).size() <= 1);
    CHECK(read_ddns_updater(text).empty());
    if (const auto found = read_update_script(text, {}, {})) CHECK(found->names.empty());
  }
}

TEST_CASE("names that no DNS service takes are not kept") {
  for (const char* word : {"", "localhost", "192.0.2.1", "a..b.org", ".example.org", "ex ample.org", "$name", "a/b.org", "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4", "x;reboot.org", "a.b1"}) {
    INFO(word);
    CHECK(host_name(word).empty());
  }
  CHECK(host_name("Pi.Example.ORG.") == "pi.example.org");
  CHECK(host_name("*.example.xn--p1ai") == "*.example.xn--p1ai");
  CHECK(interface_name("eth0; reboot").empty());
  CHECK(interface_name("-x").empty());
  CHECK(interface_name("averyveryverylongname").empty());
  CHECK(interface_name("enp3s0.7") == "enp3s0.7");
}
