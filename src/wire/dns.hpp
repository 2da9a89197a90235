#pragma once
/// DNS messages, bytes to values and back (RFC 1034, RFC 1035, RFC 6891). ldns does the decoding; nothing of it shows here.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/describe.hpp"
#include "net/address.hpp"
#include "wire/dns_name.hpp"
#include "wire/reader.hpp"

namespace ringback::wire::dns {

/// Longer messages are refused: a compression pointer cannot reach beyond (RFC 1035 §4.1.4), and no address or server needs more.
constexpr std::size_t longest_message = 16 * 1024;
/// More records are refused.
constexpr std::size_t most_records = 256;
/// Names that are more text than this, all of a message together, are refused: compression makes hundreds of long names out of a few octets.
/// Thirteen servers and their addresses are some two thousand characters, two hundred addresses of one name some ten thousand.
constexpr std::size_t most_name_text = 64 * 1024;
/// The UDP payload that we say we take (RFC 9715 §3: 1232 passes every path without fragments).
constexpr std::uint16_t udp_payload = 1232;

/// The record types that are asked for or kept; IANA "DNS Resource Record TYPEs".
enum class Type : std::uint16_t { a = 1, ns = 2, cname = 5, soa = 6, aaaa = 28, ds = 43, dnskey = 48 };
constexpr auto enum_names(Type) {
  using N = EnumName<Type>;
  return std::array{N{Type::a, "A"},       N{Type::ns, "NS"}, N{Type::cname, "CNAME"}, N{Type::soa, "SOA"},
                    N{Type::aaaa, "AAAA"}, N{Type::ds, "DS"}, N{Type::dnskey, "DNSKEY"}};
}

/// What is asked, class IN.
struct Question {
  std::string name;  ///< absolute, lower case
  Type type = Type::a;
  bool operator==(const Question&) const = default;
};

struct Query {
  std::uint16_t id = 0;                ///< random for each query (RFC 5452 §9.1)
  Question question;
  bool recursion_desired = true;       ///< RD: off towards the zone's own servers
  bool checking_disabled = false;      ///< CD, RFC 4035 §3.2.2
  bool want_authentic = false;         ///< AD in a query: "tell me whether you validated" (RFC 6840 §5.7)
  bool edns = true;                    ///< an OPT record with `udp_payload`
  bool dnssec_ok = false;              ///< DO, RFC 3225; needs `edns`
  Bytes cookie;                        ///< RFC 7873 §4: 8 octets of ours, and behind them the server's of an earlier answer; empty: none; needs `edns`
  bool operator==(const Query&) const = default;
};

/// RFC 1035 §3.3.13.
struct Soa {
  std::string primary;
  std::uint32_t serial = 0;
  std::uint32_t minimum_s = 0;         ///< with the record's own TTL, the time that "no" may be cached (RFC 2308 §5)
  bool operator==(const Soa&) const = default;
};

struct Record {
  std::string owner;                   ///< absolute, lower case
  Type type = Type::a;
  std::uint32_t ttl_s = 0;             ///< RFC 2181 §8: the highest bit set reads as zero
  std::variant<Address, std::string, Soa> data;  ///< A and AAAA; NS and CNAME; SOA
  bool operator==(const Record&) const = default;
};

/// An answer. Records of other types and classes are left out, as are those of DNSSEC: dnssec.hpp reads the message itself.
struct Message {
  std::uint16_t id = 0;
  bool response = false;               ///< QR
  unsigned opcode = 0;
  bool authoritative = false;          ///< AA
  bool truncated = false;              ///< TC: its records are not read (RFC 2181 §9)
  bool recursion_available = false;    ///< RA
  bool authentic = false;              ///< AD
  bool dnssec_ok = false;              ///< DO, as the query had it (RFC 3225 §3)
  unsigned rcode = 0;                  ///< with the upper bits of the OPT record (RFC 6891 §6.1.3)
  std::string question_name;           ///< empty: the message repeats no question
  std::uint16_t question_type = 0;
  std::uint16_t question_class = 0;
  std::vector<Record> answer, authority, additional;
  unsigned answers = 0;                ///< ANCOUNT: the records of the answer section, those that were left out as well
  std::optional<unsigned> extended_error;  ///< RFC 8914 INFO-CODE, of the first such option
  std::optional<Bytes> cookie;         ///< RFC 7873 §4: what was asked with, and behind it the server's; of the first such option
  bool operator==(const Message&) const = default;
};

/// Octets of a cookie that are ours (RFC 7873 §4.1).
constexpr std::size_t client_cookie_size = 8;
/// Its EDNS option (RFC 7873 §4).
constexpr std::uint16_t cookie_option = 10;

/// Errc::invalid_input where the question's name is no name.
Expected<Bytes> encode(const Query& query);

/// Errc::malformed, or Errc::exhausted beyond the bounds above. Bytes after the last record are ignored.
Expected<Message> decode(ByteView bytes);

/// Why this message is no answer to that query; nullopt: it is one. Names compare without case (RFC 4343). A query with a server's cookie has
/// none without one: lacks_cookie().
std::optional<std::string> mismatch(const Query& query, const Message& message);

/// The query has the cookie that the server gave for it, and the message has none (RFC 7873 §5.3). Of a truncated one nothing is read, and
/// nothing is expected: it has to be asked for again.
bool lacks_cookie(const Query& query, const Message& message);

/// "NOERROR", "NXDOMAIN", …, or "RCODE17".
std::string rcode_name(unsigned rcode);

}  // namespace ringback::wire::dns
