#include "watch/read.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/link_layer.hpp"

namespace ringback::watch {
namespace {

/// Names for the interfaces of a file, so that the same packet on two of them is recognised.
std::string_view interface_name(unsigned number) {
  static constexpr std::array<std::string_view, 8> names{"", "1", "2", "3", "4", "5", "6", "7"};
  return names[std::min<std::size_t>(number, names.size() - 1)];
}

/// Most packets of a large file belong to something else: told by their ports alone, without reading the whole packet. False also where
/// that cannot be told this way (extension headers, fragments, ICMP).
bool is_of_another_service(std::span<const std::byte> packet, const Service& service) {
  const auto u8 = [&](std::size_t at) { return std::to_integer<unsigned>(packet[at]); };
  const auto u16 = [&](std::size_t at) { return u8(at) << 8U | u8(at + 1); };
  constexpr std::size_t ports = 4;
  if (packet.size() < 20 + ports) return false;
  const bool v4 = u8(0) >> 4U == 4;
  const std::size_t header = v4 ? (u8(0) & 0xfU) * 4U : 40U;
  if (header < 20 || packet.size() < header + ports || (v4 && (u16(6) & 0x1fffU) != 0)) return false;
  const auto protocol = u8(v4 ? 9 : 6);
  if (protocol != wire::ip_tcp && protocol != wire::ip_udp) return false;
  if ((protocol == wire::ip_tcp) != (service.protocol == Protocol::tcp)) return true;
  const auto from = u16(header), to = u16(header + 2);
  return from != service.inside && to != service.inside && from != service.outside && to != service.outside;
}

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
    if (service_ && is_of_another_service(bytes, *service_)) return;
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
    result_.counts = tracker_.counts();
    result_.attempts = tracker_.attempts();
    std::erase_if(result_.attempts, [](const auto& attempt) { return attempt.origin != arrivals::Origin::outside; });
    return std::move(result_);
  }

  FileFacts& facts() { return result_.facts; }

 private:
  void look_at_link_type(int link_type) {
    if (link_type != known_) {
      if (!io::is_known_link_type(link_type)) {
        ++result_.facts.other_link_types;
        if (!result_.facts.other_link_type) result_.facts.other_link_type = io::link_type_name(link_type);
        return;
      }
      known_ = link_type;
    }
  }

  std::optional<Service> service_;
  arrivals::Tracker tracker_;
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
