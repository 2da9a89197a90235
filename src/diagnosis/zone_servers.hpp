#pragma once
/// What the zone's own servers say of the zone and of the name.
#include "diagnosis/records.hpp"

namespace ringback::diagnosis {

/// "ns1.example.org. (192.0.2.1)".
[[nodiscard]] std::string shown_server(const dns::Answer& answer);
/// What the servers of the name's zone say of the zone itself.
[[nodiscard]] std::vector<CitedAnswer> about_zone(const Case& c, std::size_t name, std::string_view type);

// servers_disagree.cpp
[[nodiscard]] std::optional<Finding> servers_disagree(const Case& c, std::size_t name);
/// Which server says something else than what signatures prove, in a sentence; empty: none does.
[[nodiscard]] std::string unlike_the_proof(const Case& c, std::size_t name);

}  // namespace ringback::diagnosis
