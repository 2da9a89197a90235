#include "wire/dns.hpp"

#include <fmt/format.h>
#include <ldns/ldns.h>

#include <memory>

#include "wire/dns_name.hpp"

namespace ringback::wire::dns {
namespace {

struct FreeRecord {
  void operator()(ldns_rr* record) const { ldns_rr_free(record); }
};
using RawRecord = std::unique_ptr<ldns_rr, FreeRecord>;

constexpr std::size_t header_size = 12;
constexpr unsigned extended_error_option = 15;  // RFC 8914 §2
constexpr std::size_t largest_cookie = 40;      // ours of 8 octets, and a server's of 8 to 32

std::uint32_t number_of(const ldns_rdf* field) {
  return field && ldns_rdf_size(field) == 4 ? ldns_rdf2native_int32(field) : 0;
}

ByteView bytes_of(const ldns_rdf* field) {
  if (!field) return {};
  return {reinterpret_cast<const std::byte*>(ldns_rdf_data(field)), ldns_rdf_size(field)};
}

/// Empty: not a name.
std::string name_of(const ldns_rdf* name) {
  return name && ldns_rdf_get_type(name) == LDNS_RDF_TYPE_DNAME ? text_of_name(bytes_of(name)) : std::string();
}

std::optional<Address> address_of(const ldns_rdf* field, Family family) {
  const auto bytes = bytes_of(field);
  if (bytes.size() != (family == Family::ipv4 ? 4U : 16U)) return std::nullopt;
  return Reader(bytes).address(family);
}

/// nullopt: of a type or class that is not kept, or without its data.
std::optional<Record> kept(const ldns_rr* raw) {
  if (ldns_rr_get_class(raw) != LDNS_RR_CLASS_IN || ldns_rr_rd_count(raw) == 0) return std::nullopt;
  const auto* data = ldns_rr_rdf(raw, 0);
  const auto ttl = ldns_rr_ttl(raw);
  Record record{.owner = name_of(ldns_rr_owner(raw)), .type = {}, .ttl_s = ttl & 0x80000000U ? 0 : ttl, .data = {}};
  if (record.owner.empty()) return std::nullopt;
  switch (ldns_rr_get_type(raw)) {
    case LDNS_RR_TYPE_A:
    case LDNS_RR_TYPE_AAAA: {
      record.type = ldns_rr_get_type(raw) == LDNS_RR_TYPE_A ? Type::a : Type::aaaa;
      const auto address = address_of(data, record.type == Type::a ? Family::ipv4 : Family::ipv6);
      if (!address) return std::nullopt;
      record.data = *address;
      return record;
    }
    case LDNS_RR_TYPE_NS:
    case LDNS_RR_TYPE_CNAME: {
      record.type = ldns_rr_get_type(raw) == LDNS_RR_TYPE_NS ? Type::ns : Type::cname;
      auto name = name_of(data);
      if (name.empty()) return std::nullopt;
      record.data = std::move(name);
      return record;
    }
    case LDNS_RR_TYPE_SOA:
      if (ldns_rr_rd_count(raw) < 7) return std::nullopt;
      record.type = Type::soa;
      record.data = Soa{name_of(data), number_of(ldns_rr_rdf(raw, 2)), number_of(ldns_rr_rdf(raw, 6))};
      return record;
    default: return std::nullopt;
  }
}

// RFC 6891 §6.1.2: the TTL holds the upper bits of the RCODE, the data is a list of options.
void read_options(const ldns_rr* opt, Message& into) {
  into.rcode |= ldns_rr_ttl(opt) >> 24 << 4;
  into.dnssec_ok = (ldns_rr_ttl(opt) & 0x8000) != 0;   // RFC 3225 §3
  if (ldns_rr_rd_count(opt) == 0) return;
  Reader options(bytes_of(ldns_rr_rdf(opt, 0)));
  while (options.left() >= 4) {
    const auto code = options.u16();
    Reader data(options.bytes(options.u16()));
    if (!options.ok()) return;
    if (code == extended_error_option && data.left() >= 2 && !into.extended_error) into.extended_error = data.u16();
    // RFC 7873 §5.3: one of another length is malformed, and as if it were not there.
    const bool is_cookie = code == cookie_option && (data.left() == 8 || (data.left() >= 16 && data.left() <= largest_cookie));
    if (!is_cookie || into.cookie) continue;
    const auto bytes = data.bytes(data.left());
    into.cookie = Bytes(bytes.begin(), bytes.end());
  }
}

struct Cursor {
  const std::uint8_t* bytes;
  std::size_t size;
  std::size_t at;
  std::size_t name_text = 0;  ///< so far
};

/// What the names of a record are as text: those of records that are not kept as well, which the reading of proofs decodes again.
std::size_t name_text_of(const ldns_rr* raw) {
  auto size = name_of(ldns_rr_owner(raw)).size();
  for (std::size_t i = 0; i < ldns_rr_rd_count(raw); ++i) size += name_of(ldns_rr_rdf(raw, i)).size();
  return size;
}

Expected<RawRecord> next_record(Cursor& cursor, ldns_pkt_section section) {
  ldns_rr* raw = nullptr;
  const auto status = ldns_wire2rr(&raw, cursor.bytes, cursor.size, &cursor.at, section);
  RawRecord record(status == LDNS_STATUS_OK ? raw : nullptr);
  if (!record)
    return failure(Errc::malformed, fmt::format("the DNS message is broken at octet {}: {}", cursor.at, ldns_get_errorstr_by_id(status)));
  cursor.name_text += name_text_of(record.get());
  if (cursor.name_text > most_name_text)
    return failure(Errc::exhausted, fmt::format("a DNS message whose names have {} characters", cursor.name_text));
  return record;
}

Expected<void> read_section(Cursor& cursor, unsigned count, ldns_pkt_section section, std::vector<Record>& into, Message& message) {
  bool options_seen = false;
  for (unsigned i = 0; i < count; ++i) {
    const auto raw = next_record(cursor, section);
    if (!raw) return tl::unexpected(raw.error());
    if (section == LDNS_SECTION_ADDITIONAL && ldns_rr_get_type(raw->get()) == LDNS_RR_TYPE_OPT) {
      // RFC 6891 §6.1.1: two of them make the message one of no known form.
      if (std::exchange(options_seen, true)) return failure(Errc::malformed, "the DNS message has two OPT records");
      read_options(raw->get(), message);
    } else if (auto record = kept(raw->get())) {
      into.push_back(std::move(*record));
    }
  }
  return {};
}

}  // namespace

Expected<Message> decode(ByteView bytes) {
  if (bytes.size() < header_size) return failure(Errc::malformed, fmt::format("{} octets are no DNS message", bytes.size()));
  if (bytes.size() > longest_message) return failure(Errc::exhausted, fmt::format("a DNS message of {} octets", bytes.size()));
  Reader header(bytes);  // RFC 1035 §4.1.1
  Message message;
  message.id = header.u16();
  const auto flags = header.u16();
  message.response = flags & 0x8000;
  message.opcode = flags >> 11 & 0xf;
  message.authoritative = flags & 0x0400;
  message.truncated = flags & 0x0200;
  message.recursion_available = flags & 0x0080;
  message.authentic = flags & 0x0020;
  message.rcode = flags & 0xf;
  const unsigned questions = header.u16(), answers = header.u16(), authorities = header.u16(), additionals = header.u16();
  if (questions > 1) return failure(Errc::malformed, fmt::format("a DNS message with {} questions", questions));  // RFC 9619
  if (answers + authorities + additionals > most_records)
    return failure(Errc::exhausted, fmt::format("a DNS message with {} records", answers + authorities + additionals));

  Cursor cursor{reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), header_size};
  if (questions == 1) {
    const auto question = next_record(cursor, LDNS_SECTION_QUESTION);
    if (!question) return tl::unexpected(question.error());
    message.question_name = name_of(ldns_rr_owner(question->get()));
    message.question_type = static_cast<std::uint16_t>(ldns_rr_get_type(question->get()));
    message.question_class = static_cast<std::uint16_t>(ldns_rr_get_class(question->get()));
  }
  message.answers = answers;
  if (message.truncated) return message;
  if (auto read = read_section(cursor, answers, LDNS_SECTION_ANSWER, message.answer, message); !read) return tl::unexpected(read.error());
  if (auto read = read_section(cursor, authorities, LDNS_SECTION_AUTHORITY, message.authority, message); !read)
    return tl::unexpected(read.error());
  if (auto read = read_section(cursor, additionals, LDNS_SECTION_ADDITIONAL, message.additional, message); !read)
    return tl::unexpected(read.error());
  return message;
}

}  // namespace ringback::wire::dns
