#pragma once
/// What an expression of a rule sees of the imagined packet.
#include "probes/filter/match.hpp"

namespace ringback::filter {

/// The packet has no such field (a TCP port of a UDP datagram): the rule does not apply, whatever the comparison.
struct Absent {};
/// It has one, and nobody can know its content.
struct Unknown {};
struct Known {
  std::optional<std::uint64_t> number;
  std::vector<std::string> names;  ///< the symbols that stand for it; an interface's name
};
/// A set of flags, and the names of its bits.
struct Flags {
  std::uint64_t bits = 0;
  std::span<const EnumName<std::uint64_t>> names;
};
/// The stranger's address: any that is global.
struct Stranger {};
/// The stranger's port: any of a client's.
struct ClientPort {};
/// One of these, and nobody knows which.
struct OneOf {
  std::vector<Address> addresses;
};
using FieldValue = std::variant<Absent, Unknown, Known, Flags, Stranger, ClientPort, OneOf>;

[[nodiscard]] FieldValue value_of(const Field& field, const Packet& packet, const Journey& journey);

}  // namespace ringback::filter
