#pragma once
/// What the options name by a file: passwords, and certificates to hold a broker's against.
#include "io/privilege.hpp"
#include "plan/destinations.hpp"

namespace ringback::publish {

/// The first line of a file that nobody but its owner can read, who must be root or one of `owners`. Errc::not_permitted says what is wrong with
/// it, Errc::exhausted that it is longer than 4 KiB, Errc::failed that there is none; never what it holds. With the set-user-ID bit the caller's
/// rights count.
[[nodiscard]] Expected<std::string> read_secret(const std::string& path, const std::vector<uid_t>& owners);

/// With passwords and certificates read: to be called while this process may still read them. What cannot be used is gone from the destinations,
/// and their `troubles` say why.
[[nodiscard]] Destinations with_secrets(Destinations destinations, const io::Caller& caller);

}  // namespace ringback::publish
