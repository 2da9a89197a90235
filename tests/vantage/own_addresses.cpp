#include "vantage/own_addresses.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "vantage/own_network.hpp"

using namespace ringback;
using namespace ringback::vantage;

namespace {

std::vector<Address> addresses(std::initializer_list<const char*> texts) {
  std::vector<Address> result;
  for (const auto* text : texts) result.push_back(Address::parse(text).value());
  return result;
}

}  // namespace

TEST_CASE("a knock comes from another address than the one that was asked, where there is one") {
  struct Row {
    const char* asked_at;
    std::vector<Address> configured;
    std::vector<Address> own;
    const char* from;
  };
  const Row rows[] = {
      {"9.9.9.1", {}, {}, "9.9.9.1"},
      {"9.9.9.1", {}, addresses({"9.9.9.1"}), "9.9.9.1"},
      {"9.9.9.1", {}, addresses({"9.9.9.1", "9.9.9.2"}), "9.9.9.2"},
      {"9.9.9.2", {}, addresses({"9.9.9.1", "9.9.9.2"}), "9.9.9.1"},
      {"9.9.9.1", {}, addresses({"2a00::1", "9.9.9.2"}), "9.9.9.2"},
      {"2a00::1", {}, addresses({"9.9.9.2", "2a00::1", "2a00::2"}), "2a00::2"},
      // The internet cannot answer to a private address, nor a LAN to every other one.
      {"9.9.9.1", {}, addresses({"10.0.0.1"}), "9.9.9.1"},
      {"10.0.0.1", {}, addresses({"9.9.9.1"}), "10.0.0.1"},
      {"127.0.0.1", {}, addresses({"127.0.0.2"}), "127.0.0.2"},
      {"9.9.9.1", addresses({"9.9.9.3"}), addresses({"9.9.9.2"}), "9.9.9.3"},
      {"9.9.9.1", addresses({"9.9.9.1", "9.9.9.3"}), addresses({"9.9.9.2"}), "9.9.9.3"},
      {"9.9.9.1", addresses({"9.9.9.1"}), addresses({"9.9.9.2"}), "9.9.9.1"},
      {"9.9.9.1", addresses({"2a00::3"}), addresses({"9.9.9.2"}), "9.9.9.2"},
      {"9.9.9.1", addresses({"10.0.0.1"}), {}, "10.0.0.1"},
  };
  for (const auto& row : rows) {
    INFO(row.asked_at << " " << row.from);
    CHECK(knock_source(Address::parse(row.asked_at).value(), row.configured, row.own).to_string() == row.from);
  }
}

TEST_CASE("the host's own addresses are the global ones, without those that are not fit as a source") {
  test::enter_own_network();
  const auto own = own_global_addresses();
  for (const auto family : {Family::ipv4, Family::ipv6})
    for (unsigned i = 1; i <= 3; ++i) CHECK(std::ranges::count(own, test::global(family, i)) == 1);
  CHECK(own.size() == 6);
  test::command("ip address change 2a09:1::3/128 dev lo preferred_lft 0");  // deprecated
  CHECK(std::ranges::count(own_global_addresses(), test::global(Family::ipv6, 3)) == 0);
  test::command("ip address change 2a09:1::3/128 dev lo preferred_lft forever valid_lft forever");
}

TEST_CASE("a family leads to the internet when there is a route and a source that can be answered to") {
  test::enter_own_network();
  CHECK(internet_families(true).empty());
  test::command("ip link add outside type veth peer name far && ip link set outside up && ip link set far up");
  test::command("ip address add 192.168.77.2/24 dev outside && ip route add default via 192.168.77.1");
  CHECK(internet_families(false).empty());
  CHECK(internet_families(true) == std::vector{Family::ipv4});
  test::command("ip address add 9.2.0.1/24 dev outside && ip route replace default via 192.168.77.1 src 9.2.0.1");
  test::command("ip -6 route add default dev outside src 2a09:1::1");
  CHECK(internet_families(false) == std::vector{Family::ipv4, Family::ipv6});
  test::command("ip link delete outside");
  CHECK(internet_families(true).empty());
}
