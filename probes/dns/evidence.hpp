#pragma once
/// What resolvers and the zone's own servers answer for the names that should lead here (RFC 1034, RFC 1035).
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.hpp"
#include "net/moment.hpp"
#include "net/prefix.hpp"
#include "net/security.hpp"

namespace ringback::dns {

enum class Role { system, public_resolver, authoritative };
constexpr auto enum_names(Role) {
  using N = EnumName<Role>;
  return std::array{N{Role::system, "system"}, N{Role::public_resolver, "public"}, N{Role::authoritative, "authoritative"}};
}

/// An ICMP error that a question drew from the network (RFC 792, RFC 4443).
struct IcmpWord {
  Address from;
  unsigned type = 0, code = 0;

  bool operator==(const IcmpWord&) const = default;
  static constexpr auto describe() {
    using I = IcmpWord;
    return std::tuple{field("from", &I::from), field("type", &I::type), field("code", &I::code)};
  }
};

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
  std::vector<std::string> names;           ///< CNAME chain, or NS names (of more than 32 these, in the alphabet's order)
  std::optional<unsigned> ttl_s;            ///< smallest of the answer section
  std::optional<unsigned> negative_ttl_s;   ///< how long "no" may be kept, by the SOA record beside it (RFC 2308 §5); absent: there was none
  std::optional<unsigned> serial;           ///< of the SOA record that was asked for, or that stands beside "no such record" (RFC 1982)
  std::optional<unsigned> extended_error;   ///< RFC 8914 INFO-CODE
  std::optional<std::string> unchecked_rcode;  ///< of a SERVFAIL: what the same question with CD set gave (RFC 4035 §3.2.2); NOERROR: bogus
  std::optional<std::chrono::microseconds> round_trip;
  std::optional<std::string> trouble;       ///< why there is no answer
  unsigned sent_in_vain = 0;                ///< how often it was sent where nothing at all came back; 0: something did, or it was not asked
  std::optional<IcmpWord> icmp;             ///< what came in place of an answer; what this host's kernel itself says is no such word
  std::vector<std::string> rejected;        ///< answers that were not believed (source, ID, question, garbage), and why

  bool operator==(const Answer&) const = default;
  static constexpr auto describe() {
    using A = Answer;
    return std::tuple{field("role", &A::role), field("server", &A::server), field("server_name", &A::server_name),
                      field("question", &A::question), field("type", &A::type), field("rcode", &A::rcode),
                      field("authoritative", &A::authoritative), field("truncated", &A::truncated),
                      field("recursion_available", &A::recursion_available), field("authentic", &A::authentic),
                      field("addresses", &A::addresses), field("names", &A::names), field("ttl_s", &A::ttl_s),
                      field("negative_ttl_s", &A::negative_ttl_s), later_field("serial", &A::serial),
                      field("extended_error", &A::extended_error),
                      field("unchecked_rcode", &A::unchecked_rcode), field("round_trip_us", &A::round_trip), field("trouble", &A::trouble),
                      later_field("sent_in_vain", &A::sent_in_vain), later_field("icmp", &A::icmp),
                      field("rejected", &A::rejected)};
  }
};

/// How the programs on this host find a name: getaddrinfo(3), which asks the sources of nsswitch.conf(5) one after the other.
struct Applications {
  std::vector<Address> addresses;           ///< in the order in which programs try them
  std::vector<Address> hosts_file;          ///< what hosts(5) says of the name
  std::optional<std::string> trouble;       ///< why there is no address

  bool operator==(const Applications&) const = default;
  static constexpr auto describe() {
    using A = Applications;
    return std::tuple{field("addresses", &A::addresses), field("hosts_file", &A::hosts_file), field("trouble", &A::trouble)};
  }
};

/// One step on the way down from the root: who is named as the servers of the zone below (RFC 1034 §4.3.2).
struct Delegation {
  std::string zone;                         ///< whose servers were asked
  Endpoint server;                          ///< one of them
  std::string server_name;
  std::string child;                        ///< the zone that they delegate
  std::vector<std::string> servers;         ///< of that zone, as they name them

  bool operator==(const Delegation&) const = default;
  static constexpr auto describe() {
    using D = Delegation;
    return std::tuple{field("zone", &D::zone), field("server", &D::server), field("server_name", &D::server_name), field("child", &D::child),
                      field("servers", &D::servers)};
  }
};

/// Where the aliases of a name end, in another zone than its own, and who serves that one.
struct AliasEnd {
  std::string name;                         ///< absolute; the answers of that zone's servers have it as their question
  std::optional<std::string> zone;          ///< absent: no resolver names its servers
  std::vector<Delegation> delegations;      ///< from the root down

  bool operator==(const AliasEnd&) const = default;
  static constexpr auto describe() {
    using A = AliasEnd;
    return std::tuple{field("name", &A::name), field("zone", &A::zone), field("delegations", &A::delegations)};
  }
};

using ringback::Security;
using ringback::SecurityReason;

/// What the messages of one source prove.
struct DnssecSource {
  Role role = Role::system;
  std::optional<Endpoint> server;           ///< absent: the zones' own servers, from the root down
  Security security = Security::indeterminate;
  SecurityReason reason = SecurityReason::no_answer;
  std::string zone;                         ///< that signs; of `insecure` the topmost one that is not signed
  std::string record;                       ///< "home.example.org. AAAA": what was looked at last

  bool operator==(const DnssecSource&) const = default;
  static constexpr auto describe() {
    using S = DnssecSource;
    return std::tuple{field("role", &S::role), field("server", &S::server), field("security", &S::security), field("reason", &S::reason),
                      field("zone", &S::zone), field("record", &S::record)};
  }
};

/// ringback's own validation of the name's A and AAAA records, from the trust anchor down. A proof by any source counts for the name:
/// nobody can forge one; the worse one of the two types is told.
struct Dnssec {
  Security security = Security::indeterminate;
  SecurityReason reason = SecurityReason::no_answer;
  std::string zone;
  std::string record;
  std::optional<Moment> signed_from;        ///< of the signature that the verdict rests on: of `secure` the one that ends first
  std::optional<Moment> signed_until;
  std::optional<Moment> newest_signature;   ///< when the newest signature that fits was made: by any right clock it is later than that
  std::optional<Moment> judged_at;          ///< by this host's clock
  std::string anchor;                       ///< the file with the root's key, or "built in"
  std::vector<DnssecSource> sources;
  std::vector<Address> proven;              ///< of `secure`: those of the A and AAAA records that are signed so, by any source; otherwise none

  bool operator==(const Dnssec&) const = default;
  static constexpr auto describe() {
    using D = Dnssec;
    return std::tuple{field("security", &D::security), field("reason", &D::reason), field("zone", &D::zone), field("record", &D::record),
                      field("signed_from", &D::signed_from), field("signed_until", &D::signed_until),
                      field("newest_signature", &D::newest_signature), field("judged_at", &D::judged_at), field("anchor", &D::anchor),
                      field("sources", &D::sources), later_field("proven", &D::proven)};
  }
};

struct Name {
  std::string name;                         ///< as the user wrote it
  std::string asked_as;                     ///< absolute and in ASCII (RFC 5890), as it stands in the questions; empty in older reports
  std::optional<std::string> zone;          ///< the closest enclosing name that has NS records
  std::vector<std::string> zone_servers;
  std::vector<Delegation> delegations;      ///< from the root down
  std::optional<AliasEnd> alias_end{};      ///< absent: it is no alias into another zone, or one of very many
  std::optional<Applications> applications; ///< absent: not looked up, as of many names the later ones
  std::vector<Answer> answers;              ///< for the name; of an alias also by the servers of the zone that it leads to, for its end
  std::optional<Dnssec> dnssec;             ///< absent: not asked for

  bool operator==(const Name&) const = default;
  static constexpr auto describe() {
    using N = Name;
    return std::tuple{field("name", &N::name), later_field("asked_as", &N::asked_as), field("zone", &N::zone),
                      field("zone_servers", &N::zone_servers), later_field("delegations", &N::delegations), later_field("alias_end", &N::alias_end),
                      later_field("applications", &N::applications), field("answers", &N::answers), later_field("dnssec", &N::dnssec)};
  }
};

/// What the servers of a zone say of the zone itself.
struct Zone {
  std::string name;
  std::vector<Answer> answers;              ///< SOA and NS, by each of them

  bool operator==(const Zone&) const = default;
  static constexpr auto describe() {
    using Z = Zone;
    return std::tuple{field("name", &Z::name), field("answers", &Z::answers)};
  }
};

struct Evidence {
  std::vector<Endpoint> resolvers;          ///< of resolv.conf(5), and those that the stub of systemd-resolved asks
  std::vector<std::string> name_sources;    ///< of nsswitch.conf(5): "files", "mdns4_minimal", "[NOTFOUND=return]", "dns"
  std::vector<Name> names;
  std::vector<Zone> zones;                  ///< of the names, each once
  std::vector<Answer> ipv4only;             ///< AAAA of ipv4only.arpa from each of them (RFC 7050)
  std::vector<Prefix> nat64_prefixes;       ///< found in those answers (RFC 6052 §2.2)
  std::vector<std::string> troubles;

  bool operator==(const Evidence&) const = default;
  static constexpr auto describe() {
    using E = Evidence;
    return std::tuple{field("resolvers", &E::resolvers), later_field("name_sources", &E::name_sources), field("names", &E::names),
                      later_field("zones", &E::zones), field("ipv4only", &E::ipv4only),
                      field("nat64_prefixes", &E::nat64_prefixes), field("troubles", &E::troubles)};
  }
};

}  // namespace ringback::dns
