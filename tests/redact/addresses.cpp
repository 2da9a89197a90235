#include <random>

#include "net/embedded_address.hpp"
#include "net/interface_identifier.hpp"
#include "net/special_purpose.hpp"
#include "redact/address_masks.hpp"
#include "support/catch.hpp"

#include "diagnosis/public_proxies.hpp"

using namespace ringback;
using redaction::AddressMasks;
using redaction::Survey;

namespace {

Address address(std::string_view text) { return Address::parse(text).value(); }
Prefix prefix(std::string_view text) { return Prefix::parse(text).value(); }

std::string words(const AddressMasks& masks, const std::string& mask) {
  for (const auto& one : masks.legend())
    if (one.mask == mask) return one.stands_for;
  return "nothing";
}

unsigned common_bits(const Address& a, const Address& b) {
  unsigned length = a.is_v4() ? 32 : 128;
  while (length > 0 && !Prefix(a, length).contains(b)) --length;
  return length;
}

/// Anything: of every block that is known, and anywhere.
Address any_address(std::mt19937& random) {
  static const std::array blocks{
      prefix("0.0.0.0/0"),       prefix("80.0.0.0/4"),     prefix("10.0.0.0/8"),     prefix("100.64.0.0/10"), prefix("172.16.0.0/12"),  prefix("192.168.0.0/16"),
      prefix("192.0.0.0/24"),    prefix("192.0.2.0/24"),   prefix("169.254.0.0/16"), prefix("127.0.0.0/8"),   prefix("224.0.0.0/4"),    prefix("240.0.0.0/4"),
      prefix("198.18.0.0/15"),   prefix("104.16.0.0/13"),  prefix("::/0"),           prefix("2000::/3"),      prefix("2a00::/12"),      prefix("2a02:908::/32"),
      prefix("fd00::/8"),        prefix("fe80::/64"),      prefix("2001::/32"),      prefix("2002::/16"),     prefix("64:ff9b::/96"),   prefix("64:ff9b:1::/48"),
      prefix("::ffff:0:0/96"),   prefix("2001:db8::/32"),  prefix("2606:4700::/32"), prefix("ff00::/8"),      prefix("ff02::1:ff00:0/104"), prefix("2a02:908:1:2::/96"),
      prefix("2001::/23"),       prefix("fec0::/10"),      prefix("2a02:908:1:2:200:ff:fe00:0/104"),          prefix("::/96"),         prefix("198.41.0.0/24")};
  const auto& block = blocks[random() % blocks.size()];
  auto bytes = std::vector<std::uint8_t>(block.address().bytes().begin(), block.address().bytes().end());
  for (unsigned bit = block.length(); bit < bytes.size() * 8; ++bit)
    if (random() % 2 == 1) bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] | 0x80U >> bit % 8);
  return Address::from_bytes(bytes);
}

}  // namespace

TEST_CASE("a mask is of the same family and class as the address, and of nothing else") {
  std::mt19937 random(7);
  for (int round = 0; round < 12; ++round) {
    AddressMasks masks{Survey{}};
    std::map<Address, Address> known;
    for (int i = 0; i < 120; ++i) {
      const auto one = any_address(random);
      const auto mask = masks.mask(one);
      INFO(one.to_string() << " is masked as " << mask.to_string());
      CHECK(mask.family() == one.family());
      CHECK(to_string(classify(mask)) == to_string(classify(one)));
      CHECK(is_on_the_internet(mask) == is_on_the_internet(one));
      CHECK(diagnosis::operator_of_proxy(mask) == diagnosis::operator_of_proxy(one));
      CHECK(prefix("192.168.0.0/16").contains(mask) == prefix("192.168.0.0/16").contains(one));
      CHECK(mask.is_multicast() == one.is_multicast());
      CHECK(behind_translation(mask) == masks.mask(behind_translation(one)));
      CHECK(masks.mask(one) == mask);
      known.emplace(one, mask);
    }
    std::set<Address> different;
    for (const auto& [one, mask] : known) different.insert(mask);
    CHECK(different.size() == known.size());
    CHECK_FALSE(masks.exhausted());
  }
}

TEST_CASE("an interface identifier that stands alone, as an updater's setting has it, has the mask that it has behind every prefix") {
  AddressMasks masks{Survey{}};
  for (const auto* identifier : {"5054:ff:fe12:3456", "1d0c:88aa:7b3f:9a01", "0:0:0:42", "0:0:0:1"}) {
    INFO(identifier);
    const auto own = masks.mask(address(std::string("2a02:908:1:2:") + identifier)), alone = masks.mask(address(std::string("0:0:0:0:") + identifier));
    CHECK(interface_identifier(alone) == interface_identifier(own));
    CHECK(prefix("::/64").contains(alone));
  }
}

TEST_CASE("what begins alike begins alike, and what ends alike ends alike") {
  std::mt19937 random(11);
  AddressMasks masks{Survey{}};
  std::vector<std::pair<Address, Address>> known;
  const std::array networks{prefix("2a02:908:1:200::/56"), prefix("2a02:908:1:200::/64"), prefix("2a02:908:1:2ff::/64"), prefix("2a02:908::/32"),
                            prefix("2a02:909:1::/48"),     prefix("fd12:3456:789a::/48"), prefix("91.45.16.0/20"),       prefix("91.45.17.0/24"),
                            prefix("192.168.178.0/24"),    prefix("10.66.0.0/16")};
  for (int i = 0; i < 120; ++i) {
    const auto& network = networks[random() % networks.size()];
    auto bytes = std::vector<std::uint8_t>(network.address().bytes().begin(), network.address().bytes().end());
    for (auto bit = network.length(); bit < bytes.size() * 8; ++bit)
      if (random() % 4 == 0) bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] | 0x80U >> bit % 8);
    const auto one = Address::from_bytes(bytes);
    known.emplace_back(one, masks.mask(one));
  }
  for (const auto& [one, mask] : known) {
    for (const auto& network : networks) {
      INFO(one.to_string() << " in " << network.to_string());
      CHECK(masks.mask(network).contains(mask) == network.contains(one));
    }
    for (const auto& [other, its] : known) {
      INFO(one.to_string() << " and " << other.to_string());
      if (one.family() != other.family()) continue;
      // The first 8 bits (16 of IPv6) are the same or not, and no more is told of them.
      const unsigned least = one.is_v4() ? 8 : 16;
      CHECK(std::max(common_bits(mask, its), least - 1) == std::max(common_bits(one, other), least - 1));
      if (one.is_v4()) continue;
      CHECK((interface_identifier(mask) == interface_identifier(its)) == (interface_identifier(one) == interface_identifier(other)));
    }
  }
}

TEST_CASE("an identifier that is made from a hardware address is made from that one's mask") {
  AddressMasks masks{Survey{}};
  for (const char* text : {"dc:a6:32:48:10:53", "3c:a6:2f:90:cc:b0", "3c:a6:2f:90:cc:b1", "02:00:5e:10:00:01", "52:54:00:12:34:56", "33:33:ff:12:34:56"}) {
    const auto mac = MacAddress::parse(text).value();
    const auto mask = masks.mask(mac);
    INFO(text << " is masked as " << mask.to_string());
    CHECK(mask != mac);
    CHECK((mask.bytes[0] & 3U) == (mac.bytes[0] & 3U));   // group, and locally administered
    for (const char* network : {"2a02:908:1:2::", "fe80::", "fd00:1:2:3::"}) {
      std::array<std::uint8_t, 16> bytes{};
      std::ranges::copy(address(network).bytes(), bytes.begin());
      for (unsigned i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(eui64_identifier(mac) >> (56 - 8 * i));
      CHECK(interface_identifier(masks.mask(Address::v6(bytes))) == eui64_identifier(mask));
    }
  }
  CHECK(masks.mask(MacAddress::parse("ff:ff:ff:ff:ff:ff").value()).to_string() == "ff:ff:ff:ff:ff:ff");
  CHECK(masks.mask(MacAddress::parse("00:00:00:00:00:00").value()).to_string() == "00:00:00:00:00:00");
}

TEST_CASE("small identifiers stay small, and others do not become so") {
  AddressMasks masks{Survey{}};
  CHECK(masks.mask(address("2a02:908:1:2::1")).to_string() == "3000::1");
  CHECK(interface_identifier(masks.mask(address("2a02:908:1:2::443"))) >> 16 == 0);
  CHECK(interface_identifier(masks.mask(address("2a02:908:1:2::5:443"))) >> 32 == 0);
  CHECK(interface_identifier(masks.mask(address("2a02:908:1:2:0:7:5:443"))) >> 32 != 0);
  CHECK(interface_identifier(masks.mask(address("2a02:908:1:2::"))) == 0);
}

TEST_CASE("an address that holds an IPv4 address holds that one's mask (RFC 6052 §2.2)") {
  const std::array prefixes{prefix("2a02:908::/32"), prefix("2a02:908:1200::/40"), prefix("2a02:908:12::/48"), prefix("2a02:908:12:3400::/56"),
                            prefix("2a02:908:12:34::/64"), prefix("2a02:908:12:34:56::/96")};
  const std::array inside{"2a02:908:c000:221::", "2a02:908:12c0:2:21::", "2a02:908:12:c000:2:2100::", "2a02:908:12:34c0:0:221::", "2a02:908:12:34:c0:2:2100::",
                          "2a02:908:12:34:56::192.0.2.33"};
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    AddressMasks masks{Survey{.own = {}, .nat64 = {prefixes[i]}}};
    const auto mask = masks.mask(address(inside[i]));
    INFO(inside[i] << " is masked as " << mask.to_string());
    CHECK(masks.mask(prefixes[i]).contains(mask));
    AddressMasks alone{Survey{}};
    CHECK(masks.mask(address("192.0.2.33")) == alone.mask(address("192.0.2.33")));
    CHECK(mask != masks.mask(address(i < 5 ? "2a02:908:c000:222::" : "2a02:908:12:34:56::192.0.2.34")));
  }
  AddressMasks masks{Survey{.own = {}, .nat64 = {prefix("64:ff9b::/96")}}};
  CHECK(masks.mask(address("64:ff9b::c000:aa")) == address("64:ff9b::c000:aa"));   // of ipv4only.arpa
  CHECK(masks.mask(address("64:ff9b::5b2d:11d7")) == address("64:ff9b::b00:1"));
  CHECK(masks.mask(address("2002:5b2d:11d7::1")) == address("2002:b00:1::1"));
  CHECK(masks.mask(prefix("64:ff9b::/96")) == prefix("64:ff9b::/96"));
}

TEST_CASE("what is the same for everybody stays") {
  AddressMasks masks{Survey{}};
  for (const char* text : {"0.0.0.0", "127.0.0.1", "255.255.255.255", "192.0.0.9", "192.0.0.170", "192.0.0.1", "224.0.0.1", "239.255.255.250", "9.9.9.9", "8.8.8.8",
                           "198.41.0.4", "::", "::1", "ff02::1", "ff02::2", "ff02::fb", "ff02::1:2", "2620:fe::fe", "2001:503:ba3e::2:30"})
    CHECK(masks.mask(address(text)).to_string() == text);
  for (const char* text : {"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "2000::/3", "fe80::/64", "10.0.0.0/8", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7"})
    CHECK(masks.mask(prefix(text)).to_string() == text);
  CHECK(masks.legend().empty());
}

TEST_CASE("the legend says the kind, and which one of its kind") {
  Survey known;
  known.own = {{address("2a02:908:1:2:dea6:32ff:fe48:1053"), false}, {address("2a02:908:1:2:1d0c:88aa:7b3f:9a01"), true}};
  AddressMasks masks{known};
  const auto said = [&](const char* text) { return words(masks, masks.mask(address(text)).to_string()); };
  CHECK(said("93.184.20.30") == "public IPv4 #1");
  CHECK(said("93.184.20.31") == "public IPv4 #2");
  CHECK(said("93.184.20.30") == "public IPv4 #1");
  CHECK(said("192.168.178.20") == "private IPv4 #1");
  CHECK(said("100.64.3.4") == "carrier's IPv4 #1");
  CHECK(said("104.16.1.2") == "proxy's IPv4 #1");
  CHECK(said("2a02:908:1:2:dea6:32ff:fe48:1053") == "stable IPv6 #1 in prefix #1");
  CHECK(said("2a02:908:1:2:1d0c:88aa:7b3f:9a01") == "temporary IPv6 #2 in prefix #1");
  CHECK(said("2a02:908:1:3::1") == "IPv6 #3 in prefix #2");
  CHECK(said("fe80::1234") == "link-local IPv6 #1");
  CHECK(said("fd00:1:2:3::4") == "local IPv6 #1 in prefix #3");
  CHECK(words(masks, masks.mask(prefix("2a02:908:1:3::/64")).to_string()) == "prefix #2");
  CHECK(words(masks, masks.mask(prefix("2a02:908:1::/48")).to_string()) == "network #1 (/48)");
  CHECK(words(masks, masks.mask(MacAddress::parse("dc:a6:32:48:10:53").value()).to_string()) == "hardware address #1");
}

TEST_CASE("where masks run out, that is said") {
  AddressMasks masks{Survey{}};
  for (unsigned first = 1; first < 224; ++first) static_cast<void>(masks.mask(Address::v4(first << 24 | 0x00020304)));
  CHECK(masks.exhausted());
}
