#pragma once
/// Remedies of what is wrong with addresses and names.
#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis {

using Remedies = std::vector<Remedy>;

[[nodiscard]] Remedies stable_address(const Finding& finding, const System& system);
[[nodiscard]] Remedies updater(const Finding& finding, const System& system);
[[nodiscard]] Remedies a_record(const Finding& finding, const System& system);
[[nodiscard]] Remedies aaaa_record(const Finding& finding, const System& system);
[[nodiscard]] Remedies aaaa_router(const Finding& finding, const System& system);
[[nodiscard]] Remedies name_missing(const Finding& finding, const System& system);
[[nodiscard]] Remedies a_useless(const Finding& finding, const System& system);
[[nodiscard]] Remedies zone_servers(const Finding& finding, const System& system);
[[nodiscard]] Remedies resolver_filters(const Finding& finding, const System& system);
[[nodiscard]] Remedies resolver_broken(const Finding& finding, const System& system);
[[nodiscard]] Remedies stale_cache(const Finding& finding, const System& system);
[[nodiscard]] Remedies bogus(const Finding& finding, const System& system);
[[nodiscard]] Remedies ttl_long(const Finding& finding, const System& system);

}  // namespace ringback::diagnosis
