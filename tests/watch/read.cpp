#include "watch/read.hpp"

#include <set>

#include "support/catch.hpp"
#include "support/fixture.hpp"

using namespace ringback;
using namespace ringback::test;

namespace {

class Memory : public io::ByteSource {
 public:
  explicit Memory(std::vector<std::byte> bytes, std::size_t piece = 4096) : bytes_(std::move(bytes)), piece_(piece) {}
  Expected<std::size_t> read(std::span<std::byte> into) override {
    const auto size = std::min({into.size(), bytes_.size() - at_, piece_});
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), size, into.begin());
    at_ += size;
    return size;
  }

 private:
  std::vector<std::byte> bytes_;
  std::size_t at_ = 0, piece_;
};

Expected<watch::FileRead> read(std::vector<std::byte> bytes, arrivals::Watch watch = {}, std::size_t piece = 4096) {
  return watch::read_capture(std::make_unique<Memory>(std::move(bytes), piece), watch);
}
Expected<watch::FileRead> read(const std::string& name, arrivals::Watch watch = {}) {
  return read(fixture_bytes("capture/" + name), watch);
}

}  // namespace

TEST_CASE("every real capture has its verdict, whatever the link layer and the form of the file") {
  struct Row {
    const char* file;
    const char* service;
    Reachable ipv4, ipv6;
    std::optional<std::string> cause;
  };
  using enum Reachable;
  const Row rows[] = {
      {"connected.pcap", "443/tcp", yes, yes, {}},
      {"connected-sll.pcap", "443/tcp", yes, yes, {}},
      {"connected-sll2.pcap", "443/tcp", yes, yes, {}},
      {"vlan.pcap", "443/tcp", yes, yes, {}},
      {"vlan-stacked.pcap", "443/tcp", yes, yes, {}},
      {"pppoe.pcap", "443/tcp", yes, yes, {}},
      {"pppoe-in-vlan.pcap", "443/tcp", yes, yes, {}},
      {"ppp.pcap", "443/tcp", yes, yes, {}},
      {"ppp-ether.pcap", "443/tcp", yes, yes, {}},
      {"big-endian-nanoseconds.pcap", "443/tcp", yes, yes, {}},
      {"patched.pcap", "443/tcp", yes, yes, {}},
      {"two-interfaces.pcapng", "443/tcp", yes, yes, {}},
      {"two-sections.pcapng", "443/tcp", yes, yes, {}},
      {"simple-blocks.pcapng", "443/tcp", yes, yes, {}},
      {"dumpcap.pcapng", "443/tcp", yes, yes, {}},
      {"raw-connected.pcap", "443/tcp", yes, yes, {}},
      {"dropped.pcap", "443/tcp", no, no, "inbound.host-firewall"},
      {"refused.pcap", "443/tcp", no, no, "inbound.no-listener"},
      {"reply-lost.pcap", "443/tcp", no, no, "inbound.reply-lost"},
      {"udp-silent.pcap", "51820/udp", unknown, unknown, {}},
      {"raw.pcap", "443/tcp", unknown, unknown, "inbound.untested"},   // outgoing connections alone
  };
  for (const auto& row : rows) {
    INFO(row.file);
    const auto service = Service::parse(row.service).value();
    const auto file = read(row.file, {.service = service});
    REQUIRE(file);
    CHECK_FALSE(file->facts.trouble);
    const auto verdict = arrivals::verdict_of(file->attempts, file->counts, service, true, true);
    REQUIRE(verdict.outcomes.size() == 2);
    CHECK(verdict.outcomes[0].verdict.reachable == row.ipv4);
    CHECK(verdict.outcomes[1].verdict.reachable == row.ipv6);
    for (const auto& outcome : verdict.outcomes) CHECK(outcome.verdict.cause == row.cause);
    // Without a service the port is found.
    const auto found = read(row.file);
    if (row.cause != "inbound.untested")
      CHECK(arrivals::verdict_of(found->attempts, found->counts, {}, true, true).outcomes.front().verdict.service == service);
  }
}

TEST_CASE("the same visitors are the same, whatever the link layer, the form of the file and the byte order") {
  const auto visitors = [](const std::string& name) {
    auto attempts = read(name)->attempts;
    for (auto& one : attempts) one.interface = one.answered_on = "";
    return attempts;
  };
  const auto all = visitors("connected.pcap");
  REQUIRE(all.size() == 2);
  for (const auto* name : {"raw-connected.pcap", "two-interfaces.pcapng", "two-sections.pcapng", "simple-blocks.pcapng", "vlan.pcap",
                           "pppoe.pcap", "ppp.pcap", "patched.pcap", "big-endian-nanoseconds.pcap"}) {
    INFO(name);
    auto found = visitors(name);
    REQUIRE(found.size() == all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto difference = std::chrono::abs(found[i].at - all[i].at);
      CHECK((found[i].at == arrivals::Time(0) || difference <= arrivals::Time(1)));   // simple blocks have no time
      found[i].at = all[i].at;
    }
    CHECK(found == all);
  }
}

TEST_CASE("dumpcap watched two cards, and saw each packet on both: one visitor over each family") {
  const auto file = read("dumpcap.pcapng").value();
  CHECK(file.facts.format == "pcapng");
  CHECK(file.facts.packets == 28);
  REQUIRE(file.attempts.size() == 2);
  for (const auto& one : file.attempts) {
    CHECK(one.tries == 1);
    CHECK(one.answers == 1);
    CHECK(one.reached);
  }
}

TEST_CASE("a file that is cut anywhere tells where, and what was readable") {
  for (const auto* name : {"connected.pcap", "two-interfaces.pcapng", "two-sections.pcapng", "simple-blocks.pcapng"}) {
    const auto whole = fixture_bytes(std::string("capture/") + name);
    const auto all = read(whole)->facts.packets;
    std::uint64_t last = 0;
    for (std::size_t size = 1; size < whole.size(); ++size) {
      INFO(name << " cut at " << size);
      const auto file = read(std::vector<std::byte>(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
      if (!file) {
        CHECK(last == 0);   // the heading, or the first packet
        continue;
      }
      CHECK(file->facts.packets >= last);
      last = file->facts.packets;
      CHECK(last < all);
      if (file->facts.trouble) CHECK(file->facts.trouble->what.starts_with("packet " + std::to_string(last + 1) + " at byte "));
    }
  }
}

TEST_CASE("the offset is the broken packet's own") {
  auto bytes = fixture_bytes("capture/connected.pcap");
  std::size_t at = 24;
  for (int i = 0; i < 3; ++i) at += 16 + std::to_integer<unsigned>(bytes[at + 8]);
  SECTION("a length that no packet has") {
    bytes[at + 11] = std::byte{0x7f};
    CHECK(read(bytes)->facts.trouble->what.starts_with("packet 4 at byte " + std::to_string(at) + ": it claims to hold"));
  }
  SECTION("the end in its middle") {
    bytes.resize(at + 20);
    CHECK(read(bytes)->facts.trouble->what == "packet 4 at byte " + std::to_string(at) + ": the file ends in the middle of it, 20 of " +
                                                  std::to_string(16 + std::to_integer<unsigned>(bytes[at + 8])) + " bytes are there");
  }
}

TEST_CASE("bytes that come one by one, as through a slow pipe, are the same file") {
  for (const auto* name : {"connected.pcap", "two-interfaces.pcapng"}) {
    const auto bytes = fixture_bytes(std::string("capture/") + name);
    CHECK(read(bytes, {}, 1)->attempts == read(bytes)->attempts);
  }
}

TEST_CASE("what is no capture is said to be none, and of what kind it is") {
  struct Row {
    const char* bytes;
    const char* says;
  };
  for (const auto& row : {Row{"\x1f\x8b\x08", "gunzip"}, Row{"Dear diary, today nothing came in.", "neither pcap nor pcapng"},
                          Row{"", "empty"}, Row{"\xd4\xc3\xb2\xa1\x02", "24 bytes"}}) {
    const auto file = read(to_bytes(row.bytes));
    REQUIRE_FALSE(file);
    CHECK(file.error().what.find(row.says) != std::string::npos);
  }
}

TEST_CASE("a link type that is not read is named") {
  const auto file = read("monitor-mode.pcap");
  REQUIRE_FALSE(file);
  CHECK(file.error().code == Errc::unsupported);
  CHECK(file.error().what.find("IEEE802_11_RADIO") != std::string::npos);
}

TEST_CASE("pcapng tells the direction where it knows it") {
  auto source = io::CaptureFile::open(std::make_unique<Memory>(fixture_bytes("capture/two-interfaces.pcapng"))).value();
  io::Record record;
  std::set<std::optional<bool>> directions;
  std::set<int> link_types;
  while (source.next(record).value()) {
    directions.insert(record.outgoing);
    link_types.insert(record.link_type);
  }
  CHECK(directions.size() == 3);   // absent on the Ethernet, both on the other
  CHECK(link_types.size() == 2);
}

TEST_CASE("what a file holds is counted, whatever is looked for") {
  for (const auto& service : {std::optional<Service>{}, std::optional(Service::parse("80/tcp").value())}) {
    const auto facts = read("dropped.pcap", {.service = service}).value().facts;
    CHECK(facts.packets == 9);
    CHECK(facts.ipv4 == 2);
    CHECK(facts.ipv6 == 7);
    CHECK(facts.not_ip == 0);
    CHECK(facts.tcp == 4);
    CHECK(facts.openings == 4);
    CHECK(facts.icmp == 5);
    CHECK(facts.udp == 0);
    CHECK(facts.addresses.size() == 8);
    CHECK(facts.addresses.front().packets == 5);
    CHECK(std::ranges::is_sorted(facts.addresses, std::ranges::greater{}, &arrivals::AddressCount::packets));
  }
}

TEST_CASE("a flood of addresses is listed in part") {
  auto file = fixture_bytes("capture/dropped.pcap");
  file.resize(24);
  for (unsigned i = 0; i < 5000; ++i) {
    std::vector<unsigned> packet{0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, i >> 8U, i & 0xffU, 192, 168, 1, 5};
    std::vector<unsigned> bytes{0, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 54, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 0};
    packet.resize(40);
    bytes.insert(bytes.end(), packet.begin(), packet.end());
    for (const auto byte : bytes) file.push_back(static_cast<std::byte>(byte));
  }
  const auto got = read(file);
  REQUIRE(got);
  CHECK(got->facts.packets == 5000);
  CHECK(got->facts.addresses.size() == 8);
  CHECK(got->facts.more_addresses == 992);
}
