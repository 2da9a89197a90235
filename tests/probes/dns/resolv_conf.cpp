#include "probes/dns/resolv_conf.hpp"

#include "support/catch.hpp"

using namespace ringback;
using namespace ringback::dns;

TEST_CASE("resolv.conf is read as the system reads it") {
  struct Row {
    const char* text;
    std::vector<std::string> addresses;
    std::size_t troubles;
  };
  const Row rows[] = {
      {"", {}, 0},
      {"nameserver 192.0.2.1\n", {"192.0.2.1"}, 0},
      {"nameserver 192.0.2.1", {"192.0.2.1"}, 0},
      {"# nameserver 192.0.2.1\n; nameserver 192.0.2.2\nsearch lan\noptions edns0\nnameserver\t 2001:db8::53  # router\r\n",
       {"2001:db8::53"}, 0},
      {"nameserver 192.0.2.1;old\n", {"192.0.2.1"}, 0},
      {" nameserver 192.0.2.1\nnameservers 192.0.2.2\nnameserver192.0.2.3\n", {}, 0},
      {"nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n",
       {"192.0.2.1", "192.0.2.2", "192.0.2.3"}, 0},
      {"nameserver router.lan\nnameserver\nnameserver 192.0.2.2\n", {"192.0.2.2"}, 1},
      {"nameserver \xff\x01\n", {}, 1},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto conf = parse_resolv_conf(row.text);
    std::vector<std::string> addresses;
    for (const auto& nameserver : conf.nameservers) addresses.push_back(nameserver.address.to_string());
    CHECK(addresses == row.addresses);
    CHECK(conf.troubles.size() == row.troubles);
  }
}

TEST_CASE("the zone of a link-local name server names its interface") {
  const auto conf = parse_resolv_conf("nameserver fe80::1%eth0\nnameserver fe80::2%\n");
  REQUIRE(conf.nameservers.size() == 2);
  CHECK(conf.nameservers[0] == Nameserver{Address::parse("fe80::1").value(), "eth0"});
  CHECK(conf.nameservers[1] == Nameserver{Address::parse("fe80::2").value(), std::nullopt});
}

TEST_CASE("a resolv.conf of nothing but nonsense stays bounded") {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "nameserver nonsense" + std::to_string(i) + "\n";
  CHECK(parse_resolv_conf(text).troubles.size() == 8);
}
