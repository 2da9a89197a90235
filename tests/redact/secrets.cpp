/// Secrets are planted into every field of the evidence, through its description: a new field is covered without being named here.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "evidence/evidence_json.hpp"
#include "net/interface_identifier.hpp"
#include "net/special_purpose.hpp"
#include "redact/address_blocks.hpp"
#include "report/format.hpp"
#include "report/json.hpp"
#include "report/judged.hpp"
#include "support/catch.hpp"

using namespace ringback;
namespace fs = std::filesystem;

namespace {

/// Fills a value; what it has planted is remembered.
struct Planter {
  std::string form;                   ///< of a string; {} is a number, so that each is another one
  std::set<std::string> planted{};
  unsigned count = 0;
  unsigned strings = 0;

  template <class T>
  void plant(T&) {}
  void plant(bool& value) { value = true; }
  void plant(std::string& value) { value = fmt::format(fmt::runtime(form), ++count), ++strings; }
  void plant(Address& value) {
    const auto n = static_cast<std::uint8_t>(++count >> 8), m = static_cast<std::uint8_t>(count);
    value = count % 2 == 0 ? Address::from_bytes(std::array<std::uint8_t, 4>{93, 184, n, m})
                           : Address::from_bytes(std::array<std::uint8_t, 16>{0x2a, 0x02, 0x90, 0x08, n, m, 0x77, 0, 0x4d, m, n, 0xab, 0xcd, 0xef, 0x12, m});
    planted.insert(value.to_string());
  }
  void plant(Endpoint& value) { plant(value.address), value.port = 443; }
  void plant(Prefix& value) {
    Address address;
    plant(address);
    planted.erase(address.to_string());
    value = Prefix(address, address.is_v4() ? 30 : 60);
    planted.insert(value.address().to_string());
  }
  void plant(MacAddress& value) {
    value.bytes = {0xdc, 0xa6, 0x32, 0x77, static_cast<std::uint8_t>(count >> 8), static_cast<std::uint8_t>(++count)};
    planted.insert(value.to_string());
  }
  void plant(Service& value) { value = {Protocol::tcp, 443, 443}; }
  template <class T>
  void plant(std::optional<T>& value) { plant(value.emplace()); }
  template <class T>
  void plant(std::vector<T>& values) {
    values.resize(2);
    for (auto& value : values) plant(value);
  }
  template <Described T>
  void plant(T& value) {
    std::apply([&](const auto&... f) { (plant(value.*(f.member)), ...); }, T::describe());
  }
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

std::vector<std::pair<std::string, std::string>> rendered(const Report& report) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto format : {Format::text, Format::json, Format::html, Format::markdown})
    all.emplace_back(to_string(format), lower(render(report, format, {.columns = 4000, .verbose = true, .program = "/home/geheim/ringback"})));
  return all;
}

/// The first 64 bits of an IPv6 address.
std::uint64_t network_of(const Address& address) {
  std::uint64_t bits = 0;
  for (const auto byte : address.bytes().first(8)) bits = bits << 8 | byte;
  return bits;
}

/// The words of a text, and each also without the port and the signs behind it: "11.0.0.1" is not in "11.0.0.12".
std::set<std::string> words_of(const std::string& text) {
  const auto is_part = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == ':' || c == '.' || c == '-'; };
  std::set<std::string> words;
  for (auto begin = text.begin(); begin != text.end();) {
    begin = std::find_if(begin, text.end(), is_part);
    const auto end = std::find_if_not(begin, text.end(), is_part);
    std::string word(begin, end);
    begin = end;
    while (!word.empty() && (word.back() == '.' || (word.back() == ':' && !word.ends_with("::")))) word.pop_back();
    if (const auto colon = word.rfind(':'); colon != std::string::npos) words.insert(word.substr(0, colon));
    words.insert(std::move(word));
  }
  return words;
}

/// Halves of addresses that identify a home or a host by themselves: its network, its interface identifier, and what becomes of a hardware address.
std::set<std::uint64_t> halves_of(const std::set<std::string>& secrets) {
  std::set<std::uint64_t> halves;
  for (const auto& secret : secrets) {
    if (const auto mac = MacAddress::parse(secret)) halves.insert(eui64_identifier(*mac));
    const auto address = Address::parse(secret);
    if (!address || address->is_v4()) continue;
    halves.insert(network_of(*address));
    halves.insert(interface_identifier(*address));
  }
  // "::1", "::10:2", "::8000:0:0:1" (of a public server): everybody's, and what masks look like
  std::erase_if(halves, [](std::uint64_t half) { return (half >> 32 & 0x7fffffff) == 0; });
  return halves;
}

/// Addresses in the text of which one half is that of a secret one.
std::string with_half_of(const std::string& text, const std::set<std::string>& secrets) {
  const auto halves = halves_of(secrets);
  std::string found;
  for (const auto& word : words_of(text))
    if (const auto address = Address::parse(word); address && address->is_v6())
      if (halves.contains(network_of(*address)) || halves.contains(interface_identifier(*address))) found += word + " ";
  return found;
}

/// Those of the secrets that are in the text.
std::string found_in(const std::string& text, const std::set<std::string>& secrets) {
  const auto words = words_of(text);
  std::string found;
  for (const auto& secret : secrets)
    if (words.contains(secret)) found += secret + " ";
  return found;
}

}  // namespace

TEST_CASE("a secret in any field of the evidence is in no form of the redacted report") {
  const auto* form = GENERATE("Geheim{}wort", "geheim{}.wort.example.org", "http://geheim{0}.wort:8{0}/geheim{0}?geheim", "/home/geheim{0}/geheim{0}.conf",
                              "no answer from geheim{0} at 93.184.216.34 (geheim)", "no answer: GEHEIM-{0}_wort.geheim, geheim=wort|geheim%geheim", "b\xC3\xBC" "zq geheim{0} wort",
                              "netplan-geheim{0}-wort", "\"geheim{0}\" 'wort' [geheim] <geheim> {{wort}} (geheim:)", "{{\"nftables\": [{{\"chain\": {{\"family\": \"geheim\", \"name\": \"geheim{0}\"}}}}]}}",
                              "*geheim{0}\n:geheim wort [0:0]\n-A geheim -j wort\n# geheim\n", "geheim{0}@wort.example.org", "geheim{0}\xFF\x01\x1bwort");
  INFO(form);
  Planter planter{form};
  Report report;
  planter.plant(report.evidence);
  planter.plant(report.probes);
  report.started = "geheim";
  report.tool.version = "geheim";
  CHECK(planter.strings > 150);
  auto masked = redacted(report);
  if (!masked) FAIL(masked.error().what);
  CHECK(masked->redacted);
  for (const auto& [name, text] : rendered(*masked)) {
    INFO(name);
    CHECK(text.find("geheim") == std::string::npos);
    CHECK(text.find("wort") == std::string::npos);
    CHECK(text.find("zq") == std::string::npos);   // nor the rest of a word beyond ASCII
    CHECK(found_in(text, {"93.184.216.34"}) == "");
    CHECK(found_in(text, planter.planted) == "");
    CHECK(with_half_of(text, planter.planted) == "");
  }
  CHECK(redacted(*masked).value() == *masked);
  masked->started = "2026-01-31T12:00:00.000Z";   // a report without a time is none
  CHECK(from_json(to_json(*masked)).value() == *masked);
}

TEST_CASE("an address in any field of the evidence is in no form of the redacted report, however it is spelt") {
  const auto* form = GENERATE("wan178.133.17.129", "eth178.133.17.129 x", "x178.133.17.129y", "host178-133-17-129", "178,133,17,129", "/178/133/17/129", "178[.]133[.]17[.]129",
                              "from 178 133 17 129", "178;133;17;129", "178.133.17.*", "wan178.133.17.x", "DC A6 32 99 10 53", "/etc/DC-A6-32-99-10-53.conf");
  INFO(form);
  Planter planter{form};
  Report report;
  planter.plant(report.evidence);
  planter.plant(report.probes);
  const auto masked = redacted(report);
  if (!masked) FAIL(masked.error().what);
  for (const auto& [name, text] : rendered(*masked)) {
    INFO(name);
    for (const auto* secret : {"133.17", "133-17", "133,17", "133/17", "133[.]17", "133 17", "133;17", "a6 32", "32 99", "a6-32", "a6:32:99"})
      CHECK(text.find(secret) == std::string::npos);
  }
  CHECK(to_json(redacted(*masked).value()) == to_json(*masked));
}

namespace {

/// What identifies the household in recorded evidence: hardware addresses, names, and addresses that are neither private nor everybody's.
void collect(const nlohmann::ordered_json& value, std::set<std::string>& into) {
  if (value.is_structured())
    for (const auto& one : value) collect(one, into);
  if (!value.is_string()) return;
  const auto& text = value.get_ref<const std::string&>();
  const auto endpoint = Endpoint::parse(text);
  const auto address = endpoint ? Expected<Address>(endpoint->address) : Address::parse(text);
  if (address && is_global(*address) && redaction::block_of(*address).treatment == redaction::Treatment::allotted) into.insert(address->to_string());
  if (const auto mac = MacAddress::parse(text); mac && mac->bytes[0] != 0xff && mac->to_string() != "00:00:00:00:00:00") into.insert(mac->to_string());
}

}  // namespace

TEST_CASE("half an address is found as well as a whole one") {
  const std::set<std::string> secrets{"2a02:9008:1:2:dea6:32ff:fe77:1", "dc:a6:32:77:00:02", "93.184.216.34", "2a02:9008:5:6::1"};
  CHECK(with_half_of("3000:1:2:3:dea6:32ff:fe77:1", secrets) != "");
  CHECK(with_half_of("the prefix is 2a02:9008:1:2::/64.", secrets) != "");
  CHECK(with_half_of("[3000::dea6:32ff:fe77:2]:443", secrets) != "");
  CHECK(with_half_of("2a02:9008:5:6::9", secrets) != "");
  CHECK(with_half_of("3000::1, 3000:1:2:3:dea6:32ff:fe77:3 and 11.0.0.1", secrets) == "");
}

TEST_CASE("what identifies recorded households is in no form of their redacted reports") {
  for (const auto& folder : fs::directory_iterator(fs::path(RINGBACK_FIXTURES) / "diagnosis")) {
    if (!folder.is_directory()) continue;
    INFO(folder.path().filename().string());
    std::ifstream in(folder.path() / "evidence.json");
    const auto json = nlohmann::ordered_json::parse(in);
    Report report;
    report.evidence = evidence_from_json(json, "/evidence").value();
    std::set<std::string> secrets;
    collect(json, secrets);
    for (const auto& name : report.evidence.request.names) secrets.insert(lower(name));
    if (report.evidence.dns)
      for (const auto& name : report.evidence.dns->names)
        if (name.zone && *name.zone != ".") secrets.insert(lower(*name.zone));
    const auto masked = redacted(report).value();
    // Html and Markdown say what the text does, and -v what JSON does.
    CHECK(found_in(lower(render(masked, Format::json)), secrets) == "");
    CHECK(found_in(lower(render(masked, Format::text, {.columns = 4000})), secrets) == "");
    CHECK(with_half_of(lower(render(masked, Format::json)), secrets) == "");
  }
}
