#pragma once
/// What a message says in answer to its question. Pure.
#include "wire/dns.hpp"

namespace ringback::wire::dns {

/// The answer section read from the question's name on: through CNAME records to the addresses or servers at their end.
/// Records that no chain leads to are not counted: a stranger's names beside the answer are not believed.
struct Resolution {
  std::vector<std::string> chain;       ///< where the CNAME records lead, in order; the last one has the records
  std::vector<Address> addresses;       ///< asked for A or AAAA
  std::vector<std::string> servers;     ///< asked for NS
  std::optional<std::uint32_t> ttl_s;   ///< smallest of the records that were used
  bool operator==(const Resolution&) const = default;
};
Resolution follow(const Message& message, const Question& question);

/// A server that does not hold `name` but knows who does: NS records of a zone below `zone` that encloses `name` (RFC 1034 §4.3.2).
struct Referral {
  std::string zone;
  std::vector<std::string> servers;
  bool operator==(const Referral&) const = default;
};
std::optional<Referral> referral(const Message& message, const std::string& name, const std::string& zone);

}  // namespace ringback::wire::dns
