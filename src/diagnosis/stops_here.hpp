#pragma once
/// A knock that arrived at this host and went no further: its own verdicts, for knock.cpp's table to choose from.
#include "diagnosis/knock.hpp"

namespace ringback::diagnosis {

/// One knock with all that is known of it.
struct Context {
  const Case& c;
  const Service& asked;     ///< by the user
  const Service& service;   ///< as it arrived: the router may have translated the inside port
  const inbound::Knock& knock;
  std::size_t index;
  Sight sight;
  Sockets sockets;
  Filter filter;
};

[[nodiscard]] inline bool drops(const Context& x) { return x.filter.action == filter::Action::drop; }
[[nodiscard]] inline bool rejects(const Context& x) { return x.filter.action == filter::Action::reject; }
[[nodiscard]] inline bool accepts(const Context& x) { return x.filter.action == filter::Action::accept; }

/// What this host's packet filter does with this port was not to be seen: it may pass it on, to another port or another machine.
[[nodiscard]] bool rules_unread(const Context& x);

[[nodiscard]] Judgement yes(const Context& x, Confidence confidence, std::string detail);
[[nodiscard]] Judgement no(const Context& x, StoppedAt at, const char* cause, Confidence confidence, std::string detail, const Pointers& more = {});
[[nodiscard]] Judgement unknown(const Context& x, const char* cause, std::string detail);

[[nodiscard]] Judgement no_listener(const Context& x, Confidence confidence);
[[nodiscard]] Judgement wrong_bind(const Context& x, Confidence confidence);
/// own_filter.cpp: `why` says what shows it.
[[nodiscard]] Judgement host_firewall(const Context& x, Confidence confidence, const std::string& why);
/// The answer left and got lost, or has no way back.
[[nodiscard]] Judgement reply_lost(const Context& x, Confidence confidence, const std::string& why, Pointers more = {});
/// The kernel dropped the knock, because its source is not where it came from (RFC 3704 §2.2), or because no route leads back at all.
[[nodiscard]] std::optional<Judgement> no_way_back(const Context& x);
/// Whether the gateway that the answer would go by is there was seen, as far as it matters.
[[nodiscard]] bool knows_the_way_back(const Context& x);
/// A rule passes the knock on to a container or another machine, and `what` came of it there this host does not show.
[[nodiscard]] Judgement handed_on(const Context& x, const std::string& what);
/// Arrived, and this host refused it: a socket that is not there, or a filter that rejects.
[[nodiscard]] Judgement refused_here(const Context& x);
/// Arrived, and nothing left in answer on the card that was watched.
[[nodiscard]] Judgement silent_here(const Context& x);

}  // namespace ringback::diagnosis
