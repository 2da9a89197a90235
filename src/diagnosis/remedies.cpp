#include "diagnosis/remedies.hpp"

#include "diagnosis/remedies_by_code.hpp"

namespace ringback::diagnosis {
namespace {

struct Advice {
  std::string_view code;
  Remedies (*give)(const Finding&, const System&);
};

constexpr Advice advice_table[] = {
    {"internet.offline", advice::offline},
    {"internet.captive-portal", advice::portal},
    {"ipv4.cgnat", advice::carrier},
    {"ipv4.ds-lite", advice::carrier},
    {"ipv4.nat64", advice::carrier},
    {"ipv4.shared-ports", advice::shared_ports},
    {"ipv4.double-nat", advice::double_nat},
    {"ipv4.none", advice::no_ipv4},
    {"ipv6.none", advice::no_ipv6},
    {"ipv6.local-only", advice::no_ipv6},
    {"ipv6.broken", advice::broken_ipv6},
    {"ipv6.tunnel", advice::tunnel},
    {"address.no-stable-ipv6", advice::stable_address},
    {"address.temporary-preferred", advice::updater},
    {"dns.name-missing", advice::name_missing},
    {"dns.a-missing", advice::a_record},
    {"dns.aaaa-missing", advice::aaaa_record},
    {"dns.a-wrong", advice::a_record},
    {"dns.aaaa-wrong", advice::aaaa_record},
    {"dns.aaaa-router", advice::aaaa_router},
    {"dns.aaaa-temporary", advice::aaaa_temporary},
    {"dns.aaaa-old-prefix", advice::aaaa_old_prefix},
    {"dns.a-not-global", advice::a_record},
    {"dns.aaaa-not-global", advice::aaaa_record},
    {"dns.a-useless", advice::a_useless},
    {"dns.aaaa-another-host", advice::another_host},
    {"dns.proxied", advice::proxied},
    {"dns.servers-disagree", advice::servers_disagree},
    {"dns.lame-server", advice::lame_server},
    {"dns.delegation-differs", advice::delegation_differs},
    {"dns.local-answer", advice::local_answer},
    {"dns.stale-cache", advice::stale_cache},
    {"dns.resolver-filters", advice::resolver_filters},
    {"dns.resolver-broken", advice::resolver_broken},
    {"dns.bogus", advice::bogus},
    {"dns.signatures-ending", advice::signatures_ending},
    {"dns.ttl-long", advice::ttl_long},
    {"inbound.no-port-forward", advice::port_forward},
    {"inbound.no-ipv6-opening", advice::ipv6_opening},
    {"inbound.provider-block", advice::provider_block},
    {"inbound.not-arriving", advice::not_arriving},
    {"inbound.host-firewall", advice::host_firewall},
    {"inbound.no-listener", advice::no_listener},
    {"inbound.wrong-bind", advice::listen_everywhere},
    {"inbound.reply-lost", advice::reply_lost},
    {"inbound.mtu-blackhole", advice::mtu},
    {"inbound.answered-elsewhere", advice::answered_elsewhere},
    {"inbound.untested", advice::not_tested},
    {"router.forward-elsewhere", advice::forward_elsewhere},
    {"router.pinhole-forbidden", advice::pinhole},
    {"exposure.unexpected-service", advice::open_service},
    {"exposure.exposed-host", advice::exposed},
    {"host.vpn-default-route", advice::vpn},
    {"host.clock-wrong", advice::clock},
    {"measure.no-privilege", advice::privilege},
    {"measure.vantage-down", advice::vantage_down},
    {"measure.lossy", advice::again},
};

}  // namespace

Remedies remedies_for(const Finding& finding, const System& system) {
  for (const auto& row : advice_table)
    if (row.code == finding.code) return row.give(finding, system);
  return {};
}

void only_if_wanted(std::vector<Finding>& findings) {
  for (auto& found : findings) {
    if (!found.subject.service || !found.code.starts_with("inbound.")) continue;
    for (auto& remedy : found.remedies)
      insert_step(remedy, 0, fmt::format("Only if strangers on the internet shall reach {}; otherwise all is well as it is.", found.subject.service->to_string()));
  }
}

}  // namespace ringback::diagnosis
