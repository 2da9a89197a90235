/// How programs on this host find a name.
#include "probes/dns/applications.hpp"
#include "probes/dns/household.hpp"

using namespace ringback;
using namespace ringback::dns;
using namespace ringback::test;
using Catch::Contains;

TEST_CASE("the sources of nsswitch.conf are read in their order") {
  CHECK(name_sources("passwd: files\n# hosts: nothing\nhosts:\t files mdns4_minimal [NOTFOUND=return] dns # behind\nhosts: again\n") ==
        std::vector<std::string>{"files", "mdns4_minimal", "[NOTFOUND=return]", "dns"});
  CHECK(name_sources("").empty());
  CHECK(name_sources("hosts:").empty());
  CHECK(name_sources("hosts: " + std::string(100'000, 'x')).at(0).size() == 64);
}

TEST_CASE("the hosts file is read as the system reads it") {
  const std::string file = "127.0.0.1\tlocalhost\n192.168.1.5 box.example.org box  # the box\n#1.2.3.4 box.example.org\n"
                           "2a00:1::5 BOX.example.org\nnonsense box.example.org\nfe80::1%eth0 other box.example.org\n192.168.1.5 box.example.org\n";
  const std::vector<std::string> names{"box.example.org.", "example.org.", "box.example.org", "1.2.3.4"};
  const auto found = in_hosts_file(file + "1.2.3.4", names);
  REQUIRE(found.size() == names.size());
  CHECK(found[0] == std::vector{address("192.168.1.5"), address("2a00:1::5"), address("fe80::1")});
  CHECK(found[1].empty());
  CHECK(found[2] == found[0]);
  CHECK(found[3].empty());
}

TEST_CASE("what programs get is kept beside what the hosts file and the DNS say") {
  Household home;
  home.network.host.files["/etc/hosts"] = "10.0.0.9 home.example.org\n";
  home.network.host.files["/etc/nsswitch.conf"] = "hosts: files dns\n";
  home.network.looked_up["home.example.org"] = {address("10.0.0.9")};
  home.plan.names.push_back("nobody.example.org");
  home.start_servers();
  const auto evidence = home.observe();
  CHECK(evidence.name_sources == std::vector<std::string>{"files", "dns"});
  REQUIRE(evidence.names.at(0).applications);
  CHECK(evidence.names[0].applications->addresses == std::vector{address("10.0.0.9")});
  CHECK(evidence.names[0].applications->hosts_file == std::vector{address("10.0.0.9")});
  REQUIRE(evidence.names.at(1).applications);
  CHECK_THAT(evidence.names[1].applications->trouble.value(), Contains("no such name"));
}

TEST_CASE("very many names are looked up as well, each with its own addresses") {
  Household home;
  home.plan.names.clear();
  for (int i = 0; i < 300; ++i) {
    const auto name = "n" + std::to_string(i) + ".example.org";
    home.plan.names.push_back(name);
    if (i % 2 == 0) home.network.looked_up[name] = {address(("10.0.1." + std::to_string(i / 2)).c_str())};
  }
  home.start_servers();
  const auto names = home.observe().names;
  REQUIRE(names.size() == 300);
  for (std::size_t i = 0; i < names.size(); ++i) {
    REQUIRE(names[i].applications);
    const auto& addresses = names[i].applications->addresses;
    if (i % 2 == 0)
      CHECK(addresses == std::vector{address(("10.0.1." + std::to_string(i / 2)).c_str())});
    else
      CHECK((addresses.empty() && names[i].applications->trouble));
  }
}

TEST_CASE("a name is asked for as the DNS has it, and reported as people write it") {
  Household home;
  home.plan.names = {"B\xc3\xbc" "cher.example.org"};
  home.resolver.address("xn--bcher-kva.example.org.", "8.8.4.4");
  home.start_servers();
  const auto name = home.observe().names.at(0);
  CHECK(name.name == "B\xc3\xbc" "cher.example.org");
  CHECK(name.asked_as == "xn--bcher-kva.example.org.");
  CHECK(find(name.answers, lan_resolver, "A").addresses == std::vector{address("8.8.4.4")});
}
