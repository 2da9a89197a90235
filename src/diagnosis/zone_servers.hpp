#pragma once
/// What the zone's own servers say of the zone and of the name.
#include "diagnosis/records.hpp"

namespace ringback::diagnosis {

/// A name and who serves it: the one that was asked about, or the end of its aliases, which lies in another zone.
struct Served {
  std::size_t name = 0;               ///< in the evidence
  std::string question;
  std::optional<std::string> zone;
  const std::vector<dns::Delegation>* delegations = nullptr;
  std::string at;                     ///< of the delegations
  std::string told{};                 ///< how sentences call it
};
[[nodiscard]] Served served(const Case& c, std::size_t name);
/// Absent: it is no alias into another zone, or nobody followed it.
[[nodiscard]] std::optional<Served> served_at_the_end(const Case& c, std::size_t name);

/// "ns1.example.org. (192.0.2.1)".
[[nodiscard]] std::string shown_server(const dns::Answer& answer);
/// What the servers of the name's zone say of the zone itself.
[[nodiscard]] std::vector<CitedAnswer> about_zone(const Case& c, std::size_t name, std::string_view type);
[[nodiscard]] std::vector<CitedAnswer> about_zone(const Case& c, const Served& of, std::string_view type);

// servers_disagree.cpp
[[nodiscard]] std::optional<Finding> servers_disagree(const Case& c, const Served& of);
/// Which server says something else than what signatures prove, in a sentence; empty: none does.
[[nodiscard]] std::string unlike_the_proof(const Case& c, std::size_t name);

}  // namespace ringback::diagnosis
