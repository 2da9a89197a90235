#pragma once
/// The rules of iptables-legacy. The kernel hands them out as binary structures whose matches only their own program can read, so that program
/// is run: it prints them, changes nothing, and is gone by the deadline.
#include "base/clock.hpp"
#include "base/expected.hpp"
#include "net/address.hpp"

namespace ringback::io {

/// What iptables-legacy-save (ip6tables-legacy-save) prints, at most 8 MiB. Errc::unsupported where this host has no such program,
/// Errc::not_permitted where it may not read, Errc::timed_out where it was not finished.
[[nodiscard]] Expected<std::string> read_legacy_rules(Family family, Deadline deadline, const Clock& clock);

}  // namespace ringback::io
