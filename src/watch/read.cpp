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

class Reader {
 public:
  explicit Reader(const arrivals::Watch& watch) : tracker_(watch, {}) {}

  void look_at(const io::Record& record) {
    auto& facts = result_.facts;
    ++facts.packets;
    const auto at = std::chrono::duration_cast<arrivals::Time>(record.at);
    if (facts.packets == 1) facts.first = at;
    facts.last = std::max(facts.last, at);
    const auto unwrapped = io::unwrap(record.link_type, record.frame);
    if (!unwrapped) return look_at_link_type(record.link_type);
    const auto packet = wire::parse_packet(record.frame.subspan(unwrapped->offset));
    if (!packet) {
      ++(packet.error().code == Errc::unsupported ? facts.fragments : facts.malformed);
      return;
    }
    const auto number = unwrapped->interface_index.value_or(record.interface);
    tracker_.see({.at = at, .outgoing = record.outgoing ? record.outgoing : unwrapped->outgoing, .interface = interface_name(number), .packet = *packet});
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
    return failure(Errc::unsupported, fmt::format("it was captured on a link of the type {}, which is not read; Ethernet, Linux cooked, raw IP and PPP are",
                                                  *facts.other_link_type));
  return reader.finish();
}

}  // namespace ringback::watch
