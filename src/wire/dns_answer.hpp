#pragma once
/// What a message says in answer to its question. Pure.
#include "wire/dns.hpp"

namespace ringback::wire::dns {

/// Of a longer list of a zone's servers the first ones in the alphabet's order are told, so that two lists of the same servers stay the same.
constexpr std::size_t most_servers_told = 32;

/// The answer section read from the question's name on: through CNAME records to the addresses or servers at their end.
/// Records that no chain leads to are not counted: a stranger's names beside the answer are not believed.
struct Resolution {
  std::vector<std::string> chain;       ///< where the CNAME records lead, in order; the last one has the records
  std::vector<Address> addresses;       ///< asked for A or AAAA
  std::vector<std::string> servers;     ///< asked for NS; most_servers_told of them
  std::optional<std::uint32_t> ttl_s;   ///< smallest of the records that were used
  bool operator==(const Resolution&) const = default;
};
Resolution follow(const Message& message, const Question& question);

/// A server that does not hold `name` but knows who does: NS records of a zone below `zone` that encloses `name` (RFC 1034 §4.3.2).
struct Referral {
  std::string zone;
  std::vector<std::string> servers;     ///< most_servers_told of them
  bool operator==(const Referral&) const = default;
};
std::optional<Referral> referral(const Message& message, const std::string& name, const std::string& zone);

/// The addresses that stand beside the answer for a server that it names (glue, RFC 9471; RFC 1034 §3.7).
std::vector<Address> addresses_beside(const Message& message, const std::string& server);

/// So many addresses, names or aliases of an answer belong to a name that nobody asked for, and no alias leads to (RFC 2181 §5.4.1).
[[nodiscard]] std::size_t foreign_records(const Message& message, const Question& question);

/// What these three read again later, for who keeps many messages: aliases and servers, and the addresses beside these. Of the addresses that were
/// asked for the first one stays: an answer is not empty.
Message essence(Message message, const Question& question);

}  // namespace ringback::wire::dns
