#pragma once
/// A value, or why there is none.
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace ringback {

enum class Errc {
  invalid_input,   ///< what a person or a peer gave does not have the right form
  malformed,       ///< bytes from the network that no honest peer sends
  not_permitted,   ///< a privilege is missing
  unsupported,     ///< this system has not got it
  no_route,        ///< the kernel knows no way there
  refused,         ///< the peer said no
  timed_out,       ///< the deadline came first
  exhausted,       ///< a bound of ours or a resource of the system is used up
  failed,          ///< any other failure of a system call or library
};

/// `what` says what was attempted, with its operands, and what came of it: "connect udp 9.9.9.9:53: Network is unreachable".
struct Error {
  Errc code = Errc::failed;
  std::string what;
  bool operator==(const Error&) const = default;
};

template <class T>
using Expected = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(Errc code, std::string what) { return tl::unexpected<Error>(Error{code, std::move(what)}); }

}  // namespace ringback
