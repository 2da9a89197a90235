#pragma once
/// The pages, by the file that holds them.
#include "diagnosis/explanations.hpp"

namespace ringback::diagnosis::pages {

inline constexpr std::string_view log_in =
    "Log in where the records of the name are kept: at the company that sold the domain, or at the DynDNS service.";

[[nodiscard]] std::vector<Explanation> of_internet();
[[nodiscard]] std::vector<Explanation> of_ipv4();
[[nodiscard]] std::vector<Explanation> of_ipv6();
[[nodiscard]] std::vector<Explanation> of_addresses();
[[nodiscard]] std::vector<Explanation> of_missing_records();    ///< dns.*: names and records that are not there
[[nodiscard]] std::vector<Explanation> of_wrong_records();      ///< dns.*: records that lead elsewhere
[[nodiscard]] std::vector<Explanation> of_zones();              ///< dns.*: who serves the name
[[nodiscard]] std::vector<Explanation> of_resolvers();          ///< dns.*: who looks it up
[[nodiscard]] std::vector<Explanation> of_signatures();         ///< dns.*: DNSSEC
[[nodiscard]] std::vector<Explanation> of_the_way_here();       ///< inbound.*: before this host
[[nodiscard]] std::vector<Explanation> of_this_host();          ///< inbound.*: at this host
[[nodiscard]] std::vector<Explanation> of_answers();            ///< inbound.*: on the way back, and what was not tested
[[nodiscard]] std::vector<Explanation> of_routers();
[[nodiscard]] std::vector<Explanation> of_exposure();
[[nodiscard]] std::vector<Explanation> of_host();
[[nodiscard]] std::vector<Explanation> of_measurement();

}  // namespace ringback::diagnosis::pages
