#include "watch/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "io/link_layer.hpp"

namespace ringback::watch {
namespace {

/// Names for the interfaces of a file, so that the same packet on two of them is recognised.
std::string_view interface_name(unsigned number) {
  static constexpr std::array<std::string_view, 8> names{"", "1", "2", "3", "4", "5", "6", "7"};
  return names[std::min<std::size_t>(number, names.size() - 1)];
}

/// What the fixed headers tell, without reading the whole packet. Of extension headers and fragments the ports are not known.
struct Glance {
  bool v4 = false;
  unsigned protocol = 0;                   ///< of IPv6 the first next header
  std::optional<std::pair<unsigned, unsigned>> ports;   ///< from, to
  bool opens = false;                      ///< a TCP SYN without ACK
};

std::optional<Glance> glance(std::span<const std::byte> packet) {
  const auto u8 = [&](std::size_t at) { return std::to_integer<unsigned>(packet[at]); };
  const auto u16 = [&](std::size_t at) { return u8(at) << 8U | u8(at + 1); };
  if (packet.size() < 20) return std::nullopt;
  const auto version = u8(0) >> 4U;
  if (version != 4 && (version != 6 || packet.size() < 40)) return std::nullopt;
  Glance seen{.v4 = version == 4};
  const std::size_t header = seen.v4 ? (u8(0) & 0xfU) * 4U : 40U;
  seen.protocol = u8(seen.v4 ? 9 : 6);
  const bool transport = seen.protocol == wire::ip_tcp || seen.protocol == wire::ip_udp;
  if (!transport || header < 20 || packet.size() < header + 4 || (seen.v4 && (u16(6) & 0x1fffU) != 0)) return seen;
  seen.ports = {u16(header), u16(header + 2)};
  constexpr unsigned syn_ack = 0x12, syn = 0x02;
  seen.opens = seen.protocol == wire::ip_tcp && packet.size() > header + 13 && (u8(header + 13) & syn_ack) == syn;
  return seen;
}

/// Most packets of a large file are. False also where it cannot be told this way.
bool is_of_another_service(const Glance& seen, const Service& service) {
  if (!seen.ports) return false;
  if ((seen.protocol == wire::ip_tcp) != (service.protocol == Protocol::tcp)) return true;
  const auto [from, to] = *seen.ports;
  return from != service.inside && to != service.inside && from != service.outside && to != service.outside;
}

/// Who takes part: the first thousand, so that a flood of forged ones costs no more than that.
class Addresses {
 public:
  void count(std::span<const std::byte> packet, bool v4) {
    const std::size_t size = v4 ? 4 : 16, first = v4 ? 12 : 8;
    for (const auto at : {first, first + size}) {
      const auto raw = packet.subspan(at, size);
      auto& met = met_[slot(raw)];
      if (!is(met, raw)) remember(met, raw);
      if (met.count) ++*met.count;
    }
  }

  void tell(arrivals::FileContents& contents) const {
    for (const auto& [address, packets] : counts_) contents.addresses.push_back({address, packets});
    std::ranges::stable_sort(contents.addresses, std::ranges::greater{}, &arrivals::AddressCount::packets);
    if (contents.addresses.size() <= listed) return;
    contents.more_addresses = contents.addresses.size() - listed;
    contents.addresses.resize(listed);
  }

 private:
  static constexpr std::size_t most = 1000, listed = 8, slots = 256;

  /// An address met lately: most packets are of few connections.
  struct Met {
    std::array<std::byte, 16> raw{};
    std::size_t size = 0;
    std::uint64_t* count = nullptr;   ///< absent: one of more than are counted
  };

  /// By the last bytes, which differ between the two ends of a connection.
  static std::size_t slot(std::span<const std::byte> raw) {
    std::uint32_t last = 0;
    std::memcpy(&last, raw.data() + raw.size() - sizeof last, sizeof last);
    return last * 2654435761U >> 24U;
  }

  static bool is(const Met& met, std::span<const std::byte> raw) {
    if (met.size != raw.size()) return false;
    return raw.size() == 4 ? std::memcmp(met.raw.data(), raw.data(), 4) == 0 : std::memcmp(met.raw.data(), raw.data(), 16) == 0;
  }

  void remember(Met& met, std::span<const std::byte> raw) {
    met = {.raw = {}, .size = raw.size(), .count = nullptr};
    std::memcpy(met.raw.data(), raw.data(), raw.size());
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), raw.data(), raw.size());
    const auto address = Address::from_bytes(std::span(bytes).first(raw.size()));
    const auto found = counts_.find(address);
    if (found != counts_.end())
      met.count = &found->second;
    else if (counts_.size() < most)
      met.count = &counts_.emplace(address, 0).first->second;
  }

  std::map<Address, std::uint64_t> counts_;
  std::array<Met, slots> met_{};
};

class Reader {
 public:
  explicit Reader(const arrivals::Watch& watch) : service_(watch.service), tracker_(watch, {}) {}

  void look_at(const io::Record& record) {
    auto& facts = result_.facts;
    ++facts.packets;
    const auto at = std::chrono::duration_cast<arrivals::Time>(record.at);
    if (facts.packets == 1) facts.first = at;
    facts.last = std::max(facts.last, at);
    const auto unwrapped = io::unwrap(record.link_type, record.frame);
    if (!unwrapped) return look_at_link_type(record.link_type);
    const auto bytes = record.frame.subspan(unwrapped->offset);
    const auto seen = glance(bytes);
    if (seen) count(bytes, *seen);
    if (seen && service_ && is_of_another_service(*seen, *service_)) return;
    const auto packet = wire::parse_packet(bytes);
    if (!packet) {
      ++(packet.error().code == Errc::unsupported ? facts.fragments : facts.malformed);
      return;
    }
    const auto number = unwrapped->interface_index.value_or(record.interface);
    tracker_.see({.at = at,
                  .outgoing = record.outgoing ? record.outgoing : unwrapped->outgoing,
                  .interface = interface_name(number),
                  .packet = *packet});
  }

  FileRead finish() {
    tracker_.finish(result_.facts.last);
    addresses_.tell(result_.facts);
    result_.counts = tracker_.counts();
    result_.attempts = tracker_.attempts();
    std::erase_if(result_.attempts, [](const auto& attempt) { return attempt.origin != arrivals::Origin::outside; });
    return std::move(result_);
  }

  FileFacts& facts() { return result_.facts; }

 private:
  void count(std::span<const std::byte> packet, const Glance& seen) {
    auto& facts = result_.facts;
    ++(seen.v4 ? facts.ipv4 : facts.ipv6);
    facts.tcp += seen.protocol == wire::ip_tcp ? 1 : 0;
    facts.udp += seen.protocol == wire::ip_udp ? 1 : 0;
    facts.icmp += seen.protocol == (seen.v4 ? wire::ip_icmp : wire::ip_icmpv6) ? 1 : 0;
    facts.openings += seen.opens ? 1 : 0;
    addresses_.count(packet, seen.v4);
  }

  void look_at_link_type(int link_type) {
    ++result_.facts.not_ip;
    if (link_type != known_) {
      if (!io::is_known_link_type(link_type)) {
        --result_.facts.not_ip;
        ++result_.facts.other_link_types;
        if (!result_.facts.other_link_type) result_.facts.other_link_type = io::link_type_name(link_type);
        return;
      }
      known_ = link_type;
    }
  }

  std::optional<Service> service_;
  arrivals::Tracker tracker_;
  Addresses addresses_;
  FileRead result_;
  int known_ = -1;   ///< the link type that was asked about last
};

}  // namespace

Expected<FileRead> read_capture(std::unique_ptr<io::ByteSource> source, const arrivals::Watch& watch) {
  auto file = io::CaptureFile::open(std::move(source));
  if (!file) return tl::unexpected(file.error());
  Reader reader(watch);
  reader.facts().format = file->format();
  io::Record record;
  for (;;) {
    const auto more = file->next(record);
    if (!more) reader.facts().trouble = more.error();
    if (!more || !*more) break;
    reader.look_at(record);
  }
  const auto& facts = reader.facts();
  if (facts.packets == 0 && facts.trouble) return tl::unexpected(*facts.trouble);
  if (facts.packets > 0 && facts.other_link_types == facts.packets)
    return failure(Errc::unsupported,
                   fmt::format("it was captured on a link of the type {}, which is not read; Ethernet, Linux cooked, raw IP and PPP are",
                               *facts.other_link_type));
  return reader.finish();
}

}  // namespace ringback::watch
