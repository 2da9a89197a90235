#pragma once
/// Name servers of a zone that say nothing, however often they are asked.
#include <map>
#include <set>

#include "diagnosis/records.hpp"

namespace ringback::diagnosis {

/// What became of all questions to one address of a zone's server.
struct ServerSilence {
  unsigned unanswered = 0;                   ///< questions that were sent again and again, and for nothing
  unsigned fewest_sendings = 0;              ///< of those
  std::optional<Address> unreachable_says;   ///< who says by ICMP that it is not there: itself, or the router before it
  bool spoke = false;                        ///< something came from it, be it no answer
};

struct Silences {
  std::map<Endpoint, ServerSilence> servers;
  std::map<Family, Pointers> open;   ///< families over which a server of any zone answered: such questions get out, and answers come back
  bool lossy = false;                ///< a server that does answer left a question unanswered, which was sent again and again
};

// silences.cpp
[[nodiscard]] Silences silences(const Case& c);
/// No answer to questions that were sent often enough. What leads into the home may be silent on the way from here alone, and is not meant.
[[nodiscard]] bool says_nothing(const Case& c, const Endpoint& server, const Silences& all);

/// Servers of the name's zone.
[[nodiscard]] Findings silent_server_findings(const Case& c, std::size_t name, const Silences& all);

}  // namespace ringback::diagnosis
