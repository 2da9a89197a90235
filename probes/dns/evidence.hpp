#pragma once
/// What resolvers and the zone's own servers answer for the names that should lead here (RFC 1034, RFC 1035).
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"
#include "net/prefix.hpp"

namespace ringback::dns {

enum class Role { system, public_resolver, authoritative };
constexpr auto enum_names(Role) {
  using N = EnumName<Role>;
  return std::array{N{Role::system, "system"}, N{Role::public_resolver, "public"}, N{Role::authoritative, "authoritative"}};
}

/// One question to one server.
struct Answer {
  Role role = Role::system;
  Endpoint server;
  std::string server_name;                  ///< of an authoritative server; empty for resolvers
  std::string question;                     ///< name, with its final dot
  std::string type;                         ///< "A", "AAAA", "NS", "SOA"
  std::optional<std::string> rcode;         ///< "NOERROR", "NXDOMAIN", …; absent: no valid answer by the deadline
  bool authoritative = false;               ///< AA
  bool truncated = false;                   ///< TC of the UDP answer; the rest came over TCP
  bool recursion_available = false;         ///< RA
  bool authentic = false;                   ///< AD
  std::vector<Address> addresses;           ///< A or AAAA records at the end of the CNAME chain
  std::vector<std::string> names;           ///< CNAME chain, or NS names
  std::optional<unsigned> ttl_s;            ///< smallest of the answer section
  std::optional<unsigned> negative_ttl_s;   ///< how long "no" may be kept, by the SOA record beside it (RFC 2308 §5); absent: there was none
  std::optional<unsigned> extended_error;   ///< RFC 8914 INFO-CODE
  std::optional<std::string> unchecked_rcode;  ///< of a SERVFAIL: what the same question with CD set gave (RFC 4035 §3.2.2); NOERROR: bogus
  std::optional<std::chrono::microseconds> round_trip;
  std::optional<std::string> trouble;       ///< why there is no answer
  std::vector<std::string> rejected;        ///< answers that were not believed (source, ID, question, garbage), and why

  bool operator==(const Answer&) const = default;
  static constexpr auto describe() {
    using A = Answer;
    return std::tuple{field("role", &A::role), field("server", &A::server), field("server_name", &A::server_name),
                      field("question", &A::question), field("type", &A::type), field("rcode", &A::rcode),
                      field("authoritative", &A::authoritative), field("truncated", &A::truncated),
                      field("recursion_available", &A::recursion_available), field("authentic", &A::authentic),
                      field("addresses", &A::addresses), field("names", &A::names), field("ttl_s", &A::ttl_s),
                      field("negative_ttl_s", &A::negative_ttl_s), field("extended_error", &A::extended_error),
                      field("unchecked_rcode", &A::unchecked_rcode), field("round_trip_us", &A::round_trip), field("trouble", &A::trouble),
                      field("rejected", &A::rejected)};
  }
};

struct Name {
  std::string name;                         ///< as the user wrote it
  std::optional<std::string> zone;          ///< the closest enclosing name that has NS records
  std::vector<std::string> zone_servers;
  std::vector<Answer> answers;

  bool operator==(const Name&) const = default;
  static constexpr auto describe() {
    using N = Name;
    return std::tuple{field("name", &N::name), field("zone", &N::zone), field("zone_servers", &N::zone_servers),
                      field("answers", &N::answers)};
  }
};

struct Evidence {
  std::vector<Endpoint> resolvers;          ///< of resolv.conf(5)
  std::vector<Name> names;
  std::vector<Answer> ipv4only;             ///< AAAA of ipv4only.arpa from each of them (RFC 7050)
  std::vector<Prefix> nat64_prefixes;       ///< found in those answers (RFC 6052 §2.2)
  std::vector<std::string> troubles;

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("resolvers", &E::resolvers), field("names", &E::names), field("ipv4only", &E::ipv4only),
                      field("nat64_prefixes", &E::nat64_prefixes), field("troubles", &E::troubles)};
  }
};

}  // namespace ringback::dns
