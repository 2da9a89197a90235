#include "redact/masks.hpp"
#include "redact/vocabulary.hpp"
#include "support/catch.hpp"

using namespace ringback;
using redaction::Masks;
using redaction::Survey;

TEST_CASE("names are masked label by label") {
  redaction::NameMasks names;
  struct Row {
    const char *name, *mask;
  };
  const Row rows[] = {
      {"wolke.schulze-online.de", "name1.zone1.example"},
      {"wolke.schulze-online.de.", "name1.zone1.example."},
      {"schulze-online.de.", "zone1.example."},
      {"WOLKE.Schulze-Online.de", "name1.zone1.example"},
      {"de.", "example."},
      {"ns1.provider.net", "name2.zone2.test"},
      {"www.wolke.schulze-online.de", "name3.name1.zone1.example"},
      {"*.schulze-online.de", "*.zone1.example"},
      {"bücher.example", "zone3.invalid"},
      {"xn--bcher-kva.example.", "zone3.invalid."},
      {"pi.fritz.box", "name4.fritz.box"},
      {"abcdef.myfritz.net", "name5.myfritz.net"},
      {"pi.abcdef.myfritz.net", "name6.name5.myfritz.net"},
      {"nas.local", "name7.local"},
      {"myfritz.net", "myfritz.net"},
      {"k.root-servers.net.", "k.root-servers.net."},
      {"ipv4only.arpa.", "ipv4only.arpa."},
      {"stun.l.google.com", "stun.l.google.com"},
      {".", "."},
      {"", ""},
      {"strange name.with\nanything", "zone4.examplea"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    CHECK(names.domain(row.name) == row.mask);
  }
  CHECK(names.host("raspberrypi") == "host1");
  CHECK(names.host("localhost") == "localhost");
  CHECK(names.host("pi.schulze-online.de") == "name8.zone1.example");
}

TEST_CASE("sentences keep common words and the masks of values; the rest is left out") {
  struct Row {
    const char *text, *mask;
  };
  const Row rows[] = {
      {"no answer to 5 requests in 1000 ms", "no answer to 5 requests in 1000 ms"},
      {"no route to 192.168.178.1", "no route to 192.168.0.1"},
      {"not asked: the deadline came first", "not asked: the deadline came first"},
      {"send udp [2804:8ab2:8::78]:3478: Operation not permitted", "send udp [3000::41]:3478: Operation not permitted"},
      {"resolve vantage.probes-6ab5.org: Could not contact DNS servers", "resolve name1.zone1.example: Could not contact DNS servers"},
      {"GET http://vantage.probes-6ab5.org:8370/v1/address at 95.174.70.10:8370: Couldn't connect to server",
       "GET http://name1.zone1.example:8370/v1/address at 11.0.0.1:8370: Couldn't connect to server"},
      {"ICMP type 3 code 0 from 95.174.70.10", "ICMP type 3 code 0 from 11.0.0.1"},
      {"unreachable (code 1), says 95.174.70.10", "unreachable (code 1), says 11.0.0.1"},
      {"from 95.174.70.10, which was not asked", "from 11.0.0.1, which was not asked"},
      {"read /home/karla/.config/x: Permission denied", "read /home/user1/.config/x: Permission denied"},
      {"capture on eth0: You don't have permission to perform this capture on that device",
       "capture on eth0: You don't have permission to perform this capture on that device"},
      {"from 95.174.70.10: \"Karlas kleine Kiste\" looks like no description", "from 11.0.0.1: \"…\" looks like no description"},
      {"Karla", "…"},
      {"0123456789", "…"},
      {"fe80::1%eth0", "fe80::1%eth0"},
      {"FRITZ!Box 7590", "FRITZ!Box 7590"},
      {"Karlas FRITZ!Box", "… FRITZ!Box"},
      {"Fritz and Mark", "… and …"},
      {"dc:a6:32:48:10:53", "80:00:00:00:00:01"},
      {"resolv.conf: nameserver \"erna\" is no address", "resolv.conf: nameserver \"…\" is no address"},
      {"which programs cron calls as karla was not looked at", "which programs cron calls as user1 was not looked at"},
      {"", ""},
  };
  Masks masks{Survey{}}, again{Survey{}};
  for (const auto& row : rows) {
    INFO(row.text);
    const auto mask = masks.text(row.text);
    CHECK(mask == row.mask);
    CHECK(again.text(mask) == mask);
  }
}

TEST_CASE("rules and settings keep their language, and names in them become names") {
  struct Row {
    const char *text, *mask;
  };
  const Row rows[] = {
      {"tcp dport { 22, 443 } ct state new limit rate 1/minute burst 1 packets accept", "tcp dport { 22, 443 } ct state new limit rate 1/minute burst 1 packets accept"},
      {"ip saddr 212.19.70.11 drop", "ip saddr 11.0.0.1 drop"},
      {"tcp dport 443 ip saddr @karla reject with icmp port-unreachable", "tcp dport 443 ip saddr @custom1 reject with icmp port-unreachable"},
      {"inet karla", "inet custom1"},
      {"inet filter", "inet filter"},
      {"f2b-sshd", "f2b-sshd"},
      {"filter_IN_public_deny", "filter_IN_public_deny"},
      {"ufw6-user-limit-accept", "ufw6-user-limit-accept"},
      {"meta mark & 0x000000f0 == 0x00000020 drop", "meta mark & 0x000000f0 == 0x00000020 drop"},
      {"ip saddr { 212.19.70.11-212.19.70.13, 212.19.0.0/16 } drop", "ip saddr { 11.0.0.1-11.0.0.5, 11.0.0.0/16 } drop"},
      {"fib daddr type local tcp dport 443 dnat to 172.17.0.2:443", "fib daddr type local tcp dport 443 dnat to 172.16.0.1:443"},
      {"-A INPUT -p tcp -m tcp --dport 443 -m comment --comment \"for karla\" -j DROP", "-A INPUT -p tcp -m tcp --dport 443 -m comment --comment \"for custom1\" -j DROP"},
      {"usev6=webv6", "usev6=webv6"},
      {"myip=212.19.70.11", "myip=11.0.0.1"},
      {"KARLAS_IP6", "custom2_IP6"},
      {"[NOTFOUND=return]", "[NOTFOUND=return]"},
      {"ip -6 addr", "ip -6 addr"},
      {"urn:schemas-upnp-org:service:WANIPConnection:2", "urn:schemas-upnp-org:service:WANIPConnection:2"},
  };
  Masks masks{Survey{}};
  for (const auto& row : rows) {
    INFO(row.text);
    CHECK(masks.code(row.text) == row.mask);
  }
}

TEST_CASE("of a long list the first values stay") {
  Masks masks{Survey{}};
  std::string rule = "ip saddr { ";
  for (unsigned i = 1; i < 224; ++i) rule += Address::v4(i << 24 | 0x20304).to_string() + ", ";
  const auto mask = masks.code(rule + "223.0.0.1 } drop");
  CHECK_THAT(mask, Catch::EndsWith(", … } drop"));
  CHECK(std::ranges::count(mask, ',') == 16);
  CHECK_FALSE(masks.addresses.exhausted());
  CHECK(Masks{Survey{}}.code(mask) == mask);
}

TEST_CASE("paths and places keep what everybody has") {
  Masks masks{Survey{}};
  CHECK(masks.path("/etc/ddclient.conf") == "/etc/ddclient.conf");
  CHECK(masks.path("/home/karla/bin/karlas-ip.sh") == "/home/user1/bin/file1.sh");
  CHECK(masks.path("/home/karla/other.sh") == "/home/user1/other.sh");
  CHECK(masks.path("/var/spool/cron/crontabs/karla") == "/var/spool/cron/crontabs/user1");
  CHECK(masks.path("/etc/systemd/network/10-karla.network") == "/etc/systemd/network/file2.network");
  CHECK(masks.path("karla.service") == "user1.service");
  CHECK(masks.path("ddclient.service") == "ddclient.service");
  CHECK(masks.path("") == "");
  CHECK(masks.url("http://192.168.178.1:49152/rootDesc.xml") == "http://192.168.0.1:49152/rootDesc.xml");
  CHECK(masks.url("http://[2a02:908::1]:8370") == "http://[3000::1]:8370");
  CHECK(masks.url("echoip+https://karla:geheim@ip.karla.de/place?token=geheim") == "echoip+https://name1.zone1.example/path1?…");
  CHECK(masks.url("echoip+https://ifconfig.co") == "echoip+https://ifconfig.co");
  CHECK(masks.url("erna://x") == "…://x");
  CHECK(masks.interface("eth0.100") == "eth0.100");
  CHECK(masks.interface("wlp0s20f3") == "wlp0s20f3");
  CHECK(masks.interface("enxdca632481053") == "enx800000000001");
  CHECK(masks.interface("br-5f3a9c17de02") == "interface1");
  CHECK(masks.interface("wg-karla") == "interface2");
  CHECK(masks.interface("any") == "any");
  CHECK(masks.interface("") == "");
  CHECK(masks.program("nginx") == "nginx");
  CHECK(masks.program("karlad") == "program1");
  CHECK(masks.network("Wired connection 1") == "Wired connection 1");
  CHECK(masks.network("Karlas Netz") == "network1");
  CHECK(masks.network("netplan-wlan0-Karlas Netz") == "netplan-wlan0-network1");
  CHECK(masks.uuid("a7d8c1de-1111-4222-8333-0123456789ab") == "00000000-0000-4000-8000-000000000001");
  CHECK(masks.record("home.karla.de. AAAA") == "name2.zone1.example. AAAA");
  CHECK(masks.record("home.karla.de. AAAA") == masks.names.domain("home.karla.de.") + " AAAA");
  CHECK(masks.server("2a02:908::1") == "3000::1");
}

TEST_CASE("of the whole rules the names of tables and chains stay, as nft and iptables-save write them") {
  Masks masks{Survey{}};
  const auto json = R"({"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "ip", "name": "filter", "handle": 1}}, )"
                    R"({"chain": {"family": "ip", "table": "filter", "name": "DOCKER-USER", "handle": 7}}, {"chain": {"family": "inet", "table": "karla", )"
                    R"("name": "ufw-user-input"}}, {"rule": {"comment": "karla", "expr": [{"match": {"left": {"payload": {"protocol": "icmpv6"}}}}]}}, )"
                    R"({"set": {"elem": ["212.19.70.11"]}}]})";
  const auto kept = masks.ruleset(json);
  CHECK(kept == R"({"nftables": [{"table": {"family": "ip", "name": "filter"}}, {"chain": {"family": "ip", "table": "filter", "name": "DOCKER-USER"}}, )"
                R"({"chain": {"family": "inet", "table": "custom1", "name": "ufw-user-input"}}, {"mentions": "icmpv6"}]})");
  CHECK(masks.ruleset(kept) == kept);
  CHECK(masks.ruleset("") == "");
  CHECK(masks.ruleset("{}") == "{}");
  CHECK(masks.ruleset("karla") == "{}");
  const auto saved = masks.saved_rules("# Generated by karla\n*filter\n:INPUT DROP [0:0]\n:karla - [0:0]\n-A INPUT -s 212.19.70.11/32 -j karla\nCOMMIT\n");
  CHECK(saved == "*filter\n:INPUT DROP [0:0]\n:custom1 - [0:0]\nCOMMIT\n");
  CHECK(masks.saved_rules(saved) == saved);
}

TEST_CASE("an address in the middle of anything, in whatever notation, does not pass") {
  for (const std::string text :
       {"tcp dport 443 dnat to 84.46.12.7:8000-8100", "-s 84.46.12.7/255.255.255.0", "dnat to [2001:1620:2777:1::53]:8000-8100",
        "ip saddr 2001:1620:2777:1::53-2001:1620:2777:1::99/64", "comment \"fail2ban-84.46.12.7\"", "comment \"allow_84.46.12.7_peter\"", "--match-set f2b-84.46.12.7",
        "log prefix \"[ban:84.46.12.7] \"", "<NewExternalIPAddress>84.46.12.7</NewExternalIPAddress>", "{\"ip\":\"84.46.12.7\"}", "84.46.12.7:443/tcp", "ip=84.46.12.7;x",
        "src:84.46.12.7", "84.46.12.7#53", "84.46.12.7->84.46.12.9", "user@84.46.12.7", "084.046.012.007", "84-46-12-7", "0x542e0c07", "7.12.46.84.in-addr.arpa",
        "<IP>2001:1620:2777:1067::3067</IP>", "90-12-34-56-00-43", "9012.3456.0043", "<m>90:12:34:56:00:43</m>", "12345-67890-12345", "/var/log/84.46.12.7/log",
        "http://router/84.46.12.7/igd"}) {
    Masks masks{Survey{}};
    for (const auto& mask : {masks.text(text), masks.code(text), masks.interface(text), masks.program(text), masks.network(text), masks.path(text), masks.url(text)}) {
      INFO(text << " became " << mask);
      for (const auto* secret : {"46.12", "84.46", "046", "46-12", "542e", "1620", "2777", "1067", "90-12", "34-56", "3456", "34:56", "67890"})
        CHECK(mask.find(secret) == std::string::npos);
    }
  }
}

TEST_CASE("an address that is glued to a common word or spelt in an odd way has the mask that it has by itself") {
  for (const std::string text :
       {"wan84.46.12.7", "eth84.46.12.7", "ip84.46.12.7", "host84-46-12-7", "v84.46.12.7", "x84.46.12.7", "n84.46.12.7n", "84,46,12,7", "84/46/12/7",
        "84[.]46[.]12[.]7", "84 46 12 7", "84;46;12;7", "84_46_12_7", "84|46|12|7", "084.046.012.007", "(84 46 12 7)", "comment \"wan84 46 12 7\"", "84\n46\n12\n7",
        "--dports 84,46,12,7", "to 84,46,12,7,9", "a84-46-12-7", "face84.46.12.7", "A84_46_12_7-dsl", "host-e84-46-12-7.", "name \"b84-46-12-7\""}) {
    Survey known{.own = {}, .nat64 = {}, .seen = {Address::parse("84.46.12.7").value()}};
    Masks masks{known};
    const auto own = masks.addresses.mask(Address::parse("84.46.12.7").value()).to_string();
    for (const auto& mask : {masks.text(text), masks.code(text)}) {
      INFO(text << " became " << mask);
      CHECK(mask.find(own) != std::string::npos);
      CHECK(mask.find("46") == std::string::npos);
      CHECK(Masks{Survey{}}.text(mask) == mask);
    }
    for (const auto& mask : {masks.interface(text), masks.program(text), masks.path(text), masks.path("/etc/" + text), masks.url(text), masks.url("http://router/" + text)}) {
      INFO(text << " became " << mask);
      CHECK(mask.find("46") == std::string::npos);
    }
  }
}

TEST_CASE("a hardware address as Cisco's systems write it has the mask that it has by itself, whatever letters it is glued to") {
  const auto mac = MacAddress::parse("aa:1b:cc:2d:ee:3f").value();
  for (const std::string text : {"aa1b.cc2d.ee3f", "AA1B.CC2D.EE3F", "macaa1b.cc2d.ee3f", "eaa1b.cc2d.ee3f", "xaa1b.cc2d.ee3fx", "port-aa1b.cc2d.ee3f.", "(aa1b.cc2d.ee3f)",
                                 "comment \"aa1b.cc2d.ee3f\"", "xaa:1b:cc:2d:ee:3f"}) {
    Masks masks{Survey{}};
    const auto own = masks.addresses.mask(mac).to_string();
    for (const auto& mask : {masks.text(text), masks.code(text)}) {
      INFO(text << " became " << mask);
      CHECK(mask.find(own) != std::string::npos);
      for (const auto* secret : {"1b", "1B", "2d", "2D", "3f", "3F"}) CHECK(mask.find(secret) == std::string::npos);
    }
  }
  for (const std::string text : {"aa1b.cc2d.ee3f.4455", "1aa1b.cc2d.ee3f", "aa1b.cc2d.ee3f7"}) {   // something else, which does not pass either
    Masks masks{Survey{}};
    INFO(text << " became " << masks.text(text));
    for (const auto* secret : {"1b", "2d", "3f", "4455"}) CHECK(masks.text(text).find(secret) == std::string::npos);
  }
  CHECK(Masks{Survey{}}.text("beef.cafe.dead") == Masks{Survey{}}.text("karla.karla.karla"));   // words
}

TEST_CASE("numbers behind letters that go on are no address with something behind it") {
  for (const std::string text : {"a84-46-12-7-20-1-46-3", "a84:46:12:7:20:1:46:3"}) {
    Masks masks{Survey{}};
    const auto mask = masks.text(text);
    INFO(text << " became " << mask);
    CHECK(mask.find("46") == std::string::npos);
  }
}

TEST_CASE("one address behind another is not made of both, whatever joins their numbers") {
  for (const std::string first : {"84.46.12.7", "84,46,12,7", "84 46 12 7", "84-46-12-7", "wan84.46.12.7"})
    for (const std::string sign : {" ", ",", ";", "|"})
      for (const std::string second : {"84.46.12.7", "84,46,12,7", "84 46 12 7", "84/46/12/7", "84;46;12;7"}) {
        Masks masks{Survey{}};
        for (const auto& mask : {masks.text(first + sign + second), masks.code(first + sign + second)}) {
          INFO(first << sign << second << " became " << mask);
          CHECK(mask == (first.starts_with("wan") ? "wan" : "") + std::string("11.0.0.1") + sign + "11.0.0.1");
        }
      }
}

TEST_CASE("three octets of an address do not pass where the evidence has it, and never with a sign for the fourth") {
  Masks masks{Survey{.own = {}, .nat64 = {}, .seen = {Address::parse("84.46.12.7").value()}}};
  CHECK(masks.text("84.46.12.7") == "11.0.0.1");
  for (const std::string end : {".*", ".x", "."})
    for (const std::string start : {"", "wan", "to ", "("}) {
      INFO(start << "84.46.12" << end);
      CHECK(masks.text(start + "84.46.12" + end) == start + "11.0.0" + end);
      CHECK(masks.code(start + "84.46.12" + end) == start + "11.0.0" + end);
    }
  CHECK(masks.text("91.45.17.*") == "21.0.0.*");
  CHECK(masks.text("version 1.8.9.") == "version 1.8.9.");
}

TEST_CASE("a hardware address has its mask with whatever signs between its octets") {
  for (const std::string text : {"DC A6 32 48 10 53", "dc-a6-32-48-10-53", "dc.a6.32.48.10.53", "DC,A6,32,48,10,53", "(DC A6 32 48 10 53)", "wlDC A6 32 48 10 53"}) {
    Masks masks{Survey{}};
    for (const auto& mask : {masks.text(text), masks.code(text)}) {
      INFO(text << " became " << mask);
      CHECK(mask.find("80:00:00:00:00:01") != std::string::npos);
      CHECK(mask.find("48") == std::string::npos);
    }
  }
}

TEST_CASE("common words that people are called by do not pass where people choose names") {
  Masks masks{Survey{}};
  CHECK(masks.interface("wg-mark") == "interface1");
  CHECK(masks.interface("wg-mark2") == "interface2");
  CHECK(masks.path("/etc/mark") == "/etc/file1");
  CHECK(masks.code("meta mark 0x1 accept comment \"Mark Noble\"") == "meta mark 0x1 accept comment \"custom1 custom2\"");
  CHECK(masks.code("-m comment --comment mark -j MARK") == "-m comment --comment custom3 -j MARK");
  CHECK(masks.code("comment \"for the mark\" mark 1") == "comment \"for the custom3\" mark 1");
}

TEST_CASE("numbers that people write on a device or a forward do not pass, but for short ones") {
  Masks masks{Survey{}};
  const std::pair<const char*, const char*> rows[] = {
      {"web 443", "web 443"},     {"tel 0221 47113", "…"},        {"0221/47113", "…/…"}, {"PIN 4711", "…"}, {"50667", "…"},
      {"HTTP 8080", "HTTP …"},    {"Debian router", "Debian router"},
  };
  for (const auto& [written, masked] : rows) CHECK(masks.label(written) == masked);
  CHECK(masks.label("to 203.0.113.7 port 8080") == masks.text("to 203.0.113.7 port 8080"));
}

TEST_CASE("what is no address is left as it is: versions, dates, ports, bits") {
  Masks masks{Survey{}};
  for (const std::string text : {"1.0.6", "2026-11-28", "tcp dport 8000-8100 accept", "--dport 1024:65535", "version 1.8.9",
                                 "-m multiport --dports 22,25,53,80,110,143 -j ACCEPT", "tcp dport {22,25,53,80} accept", "tcp dport { 22, 25, 53, 80 } accept", "eth0.100",
                                 "1/minute burst 5 packets", "[0:0]"})
    CHECK(masks.code(text) == text);
}

TEST_CASE("a network's name passes only where the system gave it by itself") {
  Masks masks{Survey{}};
  for (const std::string name : {"lo", "Wired connection 1"}) CHECK(masks.network(name) == name);
  for (const std::string name : {"Orange-12345", "Netgear72", "ZYXEL 1984", "The Mark Home", "Home 24153", "Wired connection to Mark", "netplan-wlan0-Orange-12345"}) {
    const auto mask = masks.network(name);
    INFO(name << " became " << mask);
    CHECK((mask.starts_with("network") || mask.starts_with("netplan-wlan0-network")));
  }
}

TEST_CASE("long texts and names of many labels are masked in a bounded number of steps") {
  Masks masks{Survey{}};
  std::string words, labels;
  for (int i = 0; i < 100'000; ++i) words += "zq ", labels += "a.";
  CHECK(masks.text(words) == "… ");
  std::string numbers, addresses;
  for (int i = 0; i < 100'000; ++i) numbers += "999.", addresses += "84.46.12.7-";
  CHECK(masks.code(numbers) == "…");
  CHECK(masks.code(addresses).find("46.12") == std::string::npos);
  CHECK(masks.names.domain(labels).size() < 20);
  CHECK(masks.names.domain(labels) == masks.names.domain(labels));
}
