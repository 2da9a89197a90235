#pragma once
/// The advice for each code, by the file that holds it.
#include "diagnosis/system_commands.hpp"

namespace ringback::diagnosis::advice {

[[nodiscard]] Remedies delegation_differs(const Finding& finding, const System& system);
[[nodiscard]] Remedies local_answer(const Finding& finding, const System& system);
/// The finding's DNS name as it may stand in a sentence (remedies_names.cpp).
[[nodiscard]] std::string shown_name(const Finding& finding);
/// Whose records they are: that name, or the one at the end of its aliases. In ASCII.
[[nodiscard]] std::string record_owner(const Finding& finding, const System& system);
/// As the DNS has it, in ASCII: for a command.
[[nodiscard]] std::string dns_name(const Finding& finding, const System& system);

// remedies_access.cpp: the line and the home router.
[[nodiscard]] Remedies offline(const Finding& finding, const System& system);
[[nodiscard]] Remedies portal(const Finding& finding, const System& system);
[[nodiscard]] Remedies carrier(const Finding& finding, const System& system);
[[nodiscard]] Remedies shared_ports(const Finding& finding, const System& system);
[[nodiscard]] Remedies double_nat(const Finding& finding, const System& system);
[[nodiscard]] Remedies no_ipv4(const Finding& finding, const System& system);
[[nodiscard]] Remedies no_ipv6(const Finding& finding, const System& system);
[[nodiscard]] Remedies broken_ipv6(const Finding& finding, const System& system);
[[nodiscard]] Remedies tunnel(const Finding& finding, const System& system);
[[nodiscard]] Remedies vpn(const Finding& finding, const System& system);

// remedies_router.cpp: what the home router lets through.
[[nodiscard]] Remedies port_forward(const Finding& finding, const System& system);
[[nodiscard]] Remedies ipv6_opening(const Finding& finding, const System& system);
[[nodiscard]] Remedies provider_block(const Finding& finding, const System& system);
[[nodiscard]] Remedies not_arriving(const Finding& finding, const System& system);
[[nodiscard]] Remedies answered_elsewhere(const Finding& finding, const System& system);
[[nodiscard]] Remedies forward_elsewhere(const Finding& finding, const System& system);
[[nodiscard]] Remedies pinhole(const Finding& finding, const System& system);

// remedies_host.cpp: this host, its programs and filters, and the measurement itself.
[[nodiscard]] Remedies host_firewall(const Finding& finding, const System& system);
[[nodiscard]] Remedies no_listener(const Finding& finding, const System& system);
[[nodiscard]] Remedies reply_lost(const Finding& finding, const System& system);
[[nodiscard]] Remedies untested(const Finding& finding, const System& system);
[[nodiscard]] Remedies privilege(const Finding& finding, const System& system);
[[nodiscard]] Remedies vantage_down(const Finding& finding, const System& system);
[[nodiscard]] Remedies again(const Finding& finding, const System& system);

// remedies_exposure.cpp: what strangers reach although nobody meant it.
[[nodiscard]] Remedies open_service(const Finding& finding, const System& system);
[[nodiscard]] Remedies exposed(const Finding& finding, const System& system);

// remedies_bind.cpp: a program that listens where nobody arrives.
[[nodiscard]] Remedies listen_everywhere(const Finding& finding, const System& system);
/// How Docker is told to publish this service on every address: "8080:80", "51820:51820/udp".
[[nodiscard]] std::string published_port(const Service& service, const System& system);

// remedies_vantage.cpp: nobody's knock told anything.
[[nodiscard]] Remedies not_tested(const Finding& finding, const System& system);

// remedies_mtu.cpp: packets that are too large for the way.
[[nodiscard]] Remedies mtu(const Finding& finding, const System& system);

// remedies_names.cpp: addresses and the records that lead to them.
[[nodiscard]] Remedies stable_address(const Finding& finding, const System& system);
[[nodiscard]] Remedies updater(const Finding& finding, const System& system);
[[nodiscard]] Remedies a_record(const Finding& finding, const System& system);
[[nodiscard]] Remedies another_host(const Finding& finding, const System& system);
[[nodiscard]] Remedies proxied(const Finding& finding, const System& system);
[[nodiscard]] Remedies aaaa_record(const Finding& finding, const System& system);
[[nodiscard]] Remedies aaaa_old_prefix(const Finding& finding, const System& system);
[[nodiscard]] Remedies aaaa_temporary(const Finding& finding, const System& system);
[[nodiscard]] Remedies aaaa_router(const Finding& finding, const System& system);
[[nodiscard]] Remedies name_missing(const Finding& finding, const System& system);
[[nodiscard]] Remedies a_useless(const Finding& finding, const System& system);

// remedies_updater.cpp: the program of this host that keeps the name up to date, in its own words; absent where there is none, or none that
// this would help.
[[nodiscard]] std::optional<Remedy> updater_publishes_stable(const Finding& finding, const System& system);
/// Nobody knows what keeps the name, or it is a ddclient.
[[nodiscard]] bool may_be_ddclient(const Finding& finding, const System& system);
/// What lets it publish an address that this host uses from now on; the temporary one, which the name leads to, is gone by then.
[[nodiscard]] std::vector<Step> updater_follows(const Finding& finding, const System& system);
/// It does so already, as it is set up.
[[nodiscard]] bool updater_is_set_up_well(const Finding& finding, const System& system);
[[nodiscard]] std::optional<Remedy> updater_publishes_no_ipv4(const Finding& finding, const System& system);
[[nodiscard]] std::optional<Remedy> updater_publishes_ipv4(const Finding& finding, const System& system);
/// A command that prints the address that stays, for a program that runs one.
[[nodiscard]] std::string prints_stable_address(const System& system);
/// Names of MyFRITZ! and of dynv6.
[[nodiscard]] std::vector<std::string> hints_of_service(const Finding& finding, const System& system);

// remedies_serving.cpp: who serves the name.
[[nodiscard]] Remedies servers_disagree(const Finding& finding, const System& system);
[[nodiscard]] Remedies lame_server(const Finding& finding, const System& system);
[[nodiscard]] Remedies stale_cache(const Finding& finding, const System& system);
[[nodiscard]] Remedies resolver_filters(const Finding& finding, const System& system);
[[nodiscard]] Remedies resolver_broken(const Finding& finding, const System& system);
[[nodiscard]] Remedies bogus(const Finding& finding, const System& system);
[[nodiscard]] Remedies signatures_ending(const Finding& finding, const System& system);
[[nodiscard]] Remedies clock(const Finding& finding, const System& system);
[[nodiscard]] Remedies ttl_long(const Finding& finding, const System& system);

}  // namespace ringback::diagnosis::advice
