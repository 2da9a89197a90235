/// What is read of the evidence before anything of it is masked.
#include <algorithm>

#include "redact/address_masks.hpp"

namespace ringback::redaction {
namespace {

template <class T>
void collect(const T&, std::set<Address>&) {}
void collect(const Address& value, std::set<Address>& into) { into.insert(value); }
void collect(const Endpoint& value, std::set<Address>& into) { into.insert(value.address); }
template <class T>
void collect(const std::optional<T>& value, std::set<Address>& into);
template <class T>
void collect(const std::vector<T>& values, std::set<Address>& into);
template <Described T>
void collect(const T& value, std::set<Address>& into) {
  std::apply([&](const auto&... f) { (collect(value.*(f.member), into), ...); }, T::describe());
}
template <class T>
void collect(const std::optional<T>& value, std::set<Address>& into) {
  if (value) collect(*value, into);
}
template <class T>
void collect(const std::vector<T>& values, std::set<Address>& into) {
  for (const auto& value : values) collect(value, into);
}

}  // namespace

Survey survey(const Evidence& evidence) {
  Survey result;
  collect(evidence, result.seen);
  if (evidence.host)
    for (const auto& interface : evidence.host->interfaces)
      for (const auto& own : interface.addresses)
        if (own.address.is_v6()) result.own.emplace(own.address, own.temporary);
  const auto add = [&](const Prefix& prefix) {
    const bool is_own = std::ranges::any_of(result.own, [&](const auto& own) { return prefix.contains(own.first); });
    if (!is_own && prefix.family() == Family::ipv6) result.nat64.push_back(prefix);
  };
  if (evidence.dns) std::ranges::for_each(evidence.dns->nat64_prefixes, add);
  if (evidence.link)
    for (const auto& advertisement : evidence.link->advertisements)
      for (const auto& offered : advertisement.nat64) add(offered.prefix);
  return result;
}

}  // namespace ringback::redaction
