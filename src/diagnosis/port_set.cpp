#include "diagnosis/port_set.hpp"

#include <algorithm>
#include <bit>

namespace ringback::diagnosis {
namespace {

constexpr unsigned port_bits = 16;
/// That one given bit is the same in so many by chance: one in thirty thousand.
constexpr std::size_t fewest = 16;
/// Plenty of routers give out the upper half (32768 and above) or quarter (49152 and above, RFC 6335 §6) alone: that is no carrier's set. A
/// quarter of the lower half is.
constexpr unsigned shortest_of_block = 3, shortest_of_low_block = 2;

bool is_long_enough(const PortSet& set) {
  if (!set.contiguous()) return set.length >= 2;
  return set.length >= shortest_of_block || (set.length >= shortest_of_low_block && set.value >> (set.length - 1) == 0);
}
/// Where ports are counted upwards, a few dozen of them lie side by side whatever the set is. Of ports by chance every other one is higher
/// than the one before; ten in eleven are so less than once in a million.
bool are_counted_upwards(const std::vector<unsigned>& ports) {
  std::size_t higher = 0;
  for (std::size_t i = 1; i < ports.size(); ++i) higher += ports[i] > ports[i - 1] ? 1U : 0U;
  return higher * 11 >= (ports.size() - 1) * 10;
}

unsigned bits_of(unsigned port, unsigned first, unsigned length) { return port >> (port_bits - first - length) & ((1U << length) - 1U); }

/// The ports that the translator chose; none where that does not show: too few, kept as this host chose them, or counted.
std::vector<unsigned> chosen_outside(const std::vector<stun::PortSample>& samples, const Address& mapped) {
  std::vector<unsigned> ports;
  std::size_t kept = 0;
  for (const auto& sample : samples) {
    if (!sample.mapped || sample.mapped->address != mapped) continue;
    ports.push_back(sample.mapped->port);
    kept += sample.mapped->port == sample.local.port ? 1U : 0U;
  }
  if (ports.size() < fewest || kept * 2 > ports.size() || are_counted_upwards(ports)) ports.clear();
  return ports;
}

unsigned varying_bits(const std::vector<unsigned>& ports) {
  unsigned varies = 0;
  for (const auto port : ports) varies |= port ^ ports.front();
  return varies;
}

}  // namespace

bool PortSet::contains(Port port) const {
  if (prefix > 0 && bits_of(port, 0, prefix) == 0) return false;   // RFC 7597 §5.1: left out for the well-known ports
  return bits_of(port, prefix, length) == value;
}

Port PortSet::like(Port port) const {
  const unsigned rest = port_bits - prefix - length;
  const auto first = prefix > 0 ? 1U << (port_bits - prefix) | value << rest : value << rest;
  const auto same_end = first | (port & ((1U << rest) - 1U));
  return static_cast<Port>(same_end >= 1024 ? same_end : first | ((1U << rest) - 1U));
}

std::string PortSet::to_string() const {
  const unsigned rest = port_bits - prefix - length;
  if (contiguous()) return fmt::format("{} to {}", value << rest, ((value + 1U) << rest) - 1U);
  // RFC 7597 §5.1: where a is not 0, the first of its values is left out, because it holds the well-known ports.
  const auto first = (1U << (port_bits - prefix)) | value << rest;
  const auto second = (2U << (port_bits - prefix)) | value << rest;
  const auto width = (1U << rest) - 1U;
  const auto all = ((1U << prefix) - 1U) << rest;
  return rest == 0 ? fmt::format("{}, {} and so on ({} in all)", first, second, all)
                   : fmt::format("{} to {}, {} to {} and so on ({} in all)", first, first + width, second, second + width, all);
}

std::optional<PortSet> port_set(const std::vector<stun::PortSample>& samples, const Address& mapped) {
  const auto ports = chosen_outside(samples, mapped);
  if (ports.empty()) return std::nullopt;
  const auto varies = varying_bits(ports);
  PortSet best;
  for (unsigned first = 0; first < port_bits;) {
    unsigned length = 0;
    while (first + length < port_bits && (varies >> (port_bits - 1 - first - length) & 1U) == 0) ++length;
    const bool spread_to_the_last_bit = first > 0 && first + length == port_bits;   // as where ports are counted in steps, not where they are shared
    if (length > best.length && !spread_to_the_last_bit) best = {.prefix = first, .length = length, .value = bits_of(ports.front(), first, length), .samples = ports.size()};
    first += length + 1;
  }
  return is_long_enough(best) ? std::optional(best) : std::nullopt;
}

bool any_port_comes(const std::vector<stun::PortSample>& samples, const Address& mapped) {
  return varying_bits(chosen_outside(samples, mapped)) == (1U << port_bits) - 1U;
}

}  // namespace ringback::diagnosis
