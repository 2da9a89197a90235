"""A home router: NAT and firewall in nftables, dnsmasq for names and router advertisements, miniupnpd for mappings."""

import string
import sys

from ringlab import dnssec
from ringlab.addresses import Addresses
from ringlab.errors import HouseholdError
from ringlab.home import Site
from ringlab.isolation import RUN
from ringlab.servers import Listening, Server

UPNP_PORT = 49152
PINHOLES_PORT = 49153  # of what stands before it; see pinholes.py
NAT_PMP_PORT = 5351
IGD_PORT = 5431  # of what stands in miniupnpd's place; see igd.py
HEARS_SOLICITATIONS = Listening("raw", "::", 58)  # ICMPv6


def ports(service: str) -> tuple[str, str, str]:
    """`8443:443/tcp` → outside port, inside port, protocol."""
    port, protocol = service.split("/")
    outside, _, inside = port.partition(":")
    return outside, inside or outside, protocol


def matching(services: list[str], how: str, verdict: str) -> str:
    """One rule for each service."""
    return "".join(f"\n    {how.format(protocol=protocol, port=outside)} {verdict}"
                   for outside, _, protocol in map(ports, services))


def ruleset(site: Site) -> str:
    router = site.router
    # RFC 6092 REC-34 asks for an administrative prohibition; most routers stay silent.
    refusal = "drop" if router.refuses == "silently" else "reject with icmpx admin-prohibited"
    target = router.forwards_to or site.inside4
    arriving = f'iifname "{site.outside4}" fib daddr type local'
    forwards = "".join(f"\n    {arriving} {protocol} dport {outside} dnat ip to {target}:{inside}"
                       for outside, inside, protocol in map(ports, router.forwards) if site.wan4 and target)
    openings = "".join(f'\n    ip6 daddr {site.stable6} {protocol} dport {inside} accept'
                       for _, inside, protocol in map(ports, router.ipv6_openings) if site.stable6)
    if not router.ipv6_firewall:
        openings += "\n    meta nfproto ipv6 accept"
    translation = 'oifname "wan" meta nfproto ipv4 masquerade' if site.translates and site.wan4 else ""
    if site.port_set:
        translation = (f'oifname "softwire" meta l4proto {{ tcp, udp }} {to_any_of(site.port_set)}\n'
                       f'    oifname "softwire" snat ip to {site.wan4}')
    if router.translates_ipv6 == "prefix":
        translation += f'\n    oifname "wan" ip6 saddr {site.lan6[:-1]}/64 snat ip6 prefix to {site.delegated_lan}'
        forwards += f'\n    iifname "wan" ip6 daddr {site.delegated_lan} dnat ip6 prefix to {site.lan6[:-1]}/64'
    if router.translates_ipv6 == "address":
        translation += '\n    oifname "wan" meta nfproto ipv6 masquerade'
        forwards += "".join(f'\n    iifname "wan" ip6 daddr {site.wan6} {protocol} dport {outside} dnat ip6 to [{site.stable6}]:{inside}'
                            for outside, inside, protocol in map(ports, router.ipv6_openings))
    tunnelled = site.outside4 == "softwire"
    wan = '{ "wan", "softwire" }' if tunnelled else '"wan"'
    return f"""table inet home {{
  chain input {{ type filter hook input priority filter; policy drop
    ct state established,related accept
    iifname "lo" accept
    {'' if router.dark else 'iifname "lan" accept'}
    icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, packet-too-big }} accept
    ip protocol icmp icmp type destination-unreachable accept
    {'meta l4proto ipip accept' if tunnelled else ''}
    {'icmp type echo-request accept; icmpv6 type echo-request accept' if router.answers_ping else ''}
    {'iifname "lan" drop' if router.dark else ''}{matching(router.answers_itself, "{protocol} dport {port}", "accept")}
    {refusal}
  }}
  chain forward {{ type filter hook forward priority filter; policy drop
    {f'oifname {wan} tcp flags syn tcp option maxseg size set rt mtu' if site.narrow else ''}
    {matching(router.loses_replies, 'oifname "wan" {protocol} sport {port}', "drop")}
    ct state established,related accept
    ct state invalid drop
    iifname "lan" oifname {wan} accept
    meta nfproto ipv4 ct status dnat accept{openings}
    jump miniupnpd
    {refusal}
  }}
  chain miniupnpd {{ }}
  {'''chain output { type filter hook output priority filter
    meta l4proto icmp drop
    icmpv6 type { destination-unreachable, time-exceeded, echo-reply } drop
  }''' if router.dark else ''}
  chain prerouting {{ type nat hook prerouting priority dstnat{forwards}
    {'' if router.pinholes == "allowed" else f'iifname "lan" tcp dport {UPNP_PORT} redirect to :{PINHOLES_PORT}'}
    jump miniupnpd_in
  }}
  chain postrouting {{ type nat hook postrouting priority srcnat
    jump miniupnpd_out
    {translation}
  }}
  chain miniupnpd_in {{ }}{port_chains(site)}
  chain miniupnpd_out {{ }}
}}
"""


def to_any_of(port_set: list[str]) -> str:
    """Each new connection to one of the ranges, at random: Linux itself would fill the first one."""
    jumps = ", ".join(f"{number} : jump ports{number}" for number in range(len(port_set)))
    return f"numgen random mod {len(port_set)} vmap {{ {jumps} }}"


def port_chains(site: Site) -> str:
    return "".join(f"\n  chain ports{number} {{ meta l4proto {{ tcp, udp }} snat ip to {site.wan4}:{one}; }}"
                   for number, one in enumerate(site.port_set))


def answers_names(site: Site) -> bool:
    return site.router.dns and not site.router.dark


def answers_by_unbound(site: Site) -> bool:
    return answers_names(site) and (site.router.dns_hides_home == "nodata" or bool(site.router.dns_own_records))


def hidden(site: Site) -> list[str]:
    """What its resolver keeps from the home: where the internet finds the home, or with dnsmasq's own protection what the internet never finds."""
    if site.router.dns_hides_home == "rebind":
        return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
    home = [site.wan4 and f"{site.wan4}/32", site.lan6 and f"{site.lan6[:-1]}/64"] if site.router.dns_hides_home != "no" else []
    return [one for one in home if one]


def unbound(site: Site, plan: Addresses) -> Server | None:
    """In dnsmasq's place, where the resolver is to do what dnsmasq does not."""
    if not answers_by_unbound(site):
        return None
    own = own_records(site, plan)
    config = ["server:", ' username: ""', ' chroot: ""', f' directory: "{RUN}"', ' pidfile: ""', " use-syslog: no", " do-daemonize: no",
              " num-threads: 1", ' module-config: "iterator"', " access-control: 0.0.0.0/0 allow", " access-control: ::/0 allow"]
    addresses = [one for one in (site.lan4, site.lan6) if one]
    config += [f" interface: {one}" for one in addresses]
    config += [f" private-address: {one}" for one in hidden(site)] if site.router.dns_hides_home == "nodata" else []
    # Names that it has something of are otherwise as everywhere.
    config += [f' local-zone: "{owner}" typetransparent' for owner in sorted({one.split()[0] for one in own})]
    config += [f' local-data: "{one}"' for one in own]
    config += ["forward-zone:", ' name: "."', *(f" forward-addr: {one}" for one in site.upstream_dns), "remote-control:", " control-enable: no"]
    path = RUN / f"{site.name}.unbound.conf"
    path.write_text("\n".join(config) + "\n")
    return Server("unbound", site.name, ["unbound", "-d", "-c", str(path)], [Listening("udp", one, 53) for one in addresses])


def own_records(site: Site, plan: Addresses) -> list[str]:
    known = {word.replace("-", "_").upper(): address for word, address in plan.words.items()}
    try:
        return [string.Template(one).substitute(known) for one in site.router.dns_own_records]
    except (KeyError, ValueError) as error:
        raise HouseholdError(f"routers: dns_own_records: {error}: not known when the router starts; there are {', '.join(known)}") from None


def dnsmasq(site: Site) -> Server | None:
    """Names and, where the home has IPv6, the router advertisements that the host configures itself from."""
    answers, advertises = answers_names(site) and not answers_by_unbound(site), bool(site.lan6) and not site.router.pref64
    if not answers and not advertises:
        return None
    config = ["no-resolv", "no-hosts", "no-poll", "bind-interfaces", "interface=lan", "except-interface=lo",
              "user=root",
              f"port={53 if answers else 0}", f"dhcp-leasefile={RUN}/{site.name}.leases", "pid-file="]
    config += [f"server={one}" for one in site.upstream_dns] if answers else []
    config += ["filter-rr=RRSIG,NSEC,NSEC3"] if site.router.dns_strips_signatures else []
    if site.router.dns_validates != "no":
        config += ["dnssec", "trust-anchor=.," + ",".join(dnssec.root_digest(site.router.dns_validates == "old-anchor"))]
    config += ["stop-dns-rebind"] if site.router.dns_hides_home == "rebind" else []
    config += [f"bogus-nxdomain={one}" for one in hidden(site)] if site.router.dns_hides_home == "nxdomain" else []
    if advertises:
        config += ["enable-ra", "dhcp-range=" + ("::1:100,::1:1ff,constructor:lan,64,1h" if site.router.dhcpv6 else "::,constructor:lan,ra-only,64,24h")]
        # Without a way out the router advertises its prefix, and itself not as a default router (RFC 7084 G-4).
        config += [] if site.wan6 else ["ra-param=lan,0,0"]
    path = RUN / f"{site.name}.dnsmasq.conf"
    path.write_text("\n".join(config) + "\n")
    addresses = [one for one in (site.lan4, site.lan6) if one] if answers else []
    awaits = [Listening("udp", one, 53) for one in addresses] + ([HEARS_SOLICITATIONS] if advertises else [])
    return Server("dnsmasq", site.name, ["dnsmasq", "-k", "-C", str(path)], awaits)


def advertiser(site: Site) -> Server | None:
    if not site.lan6 or not site.router.pref64:
        return None
    return Server("advertiser", site.name, [sys.executable, "-m", "ringlab.advertiser", "lan", site.lan6[:-1],
                                            *([site.lan6] if answers_names(site) else [])], [HEARS_SOLICITATIONS])


def miniupnpd(site: Site, number: int, plan: Addresses) -> Server | None:
    router = site.router
    upnp = router.upnp and not router.igd_names
    if router.dark or not (upnp or router.nat_pmp):
        return None
    leases = RUN / f"{site.name}.upnp-leases"
    target = router.forwards_to or site.inside4
    config = [f"ext_ifname={'claimed' if site.claims_private else site.outside4}", "ext_ifname6=wan", "listening_ip=lan",
              f"http_port={UPNP_PORT}", f"enable_upnp={'yes' if upnp else 'no'}",
              f"enable_natpmp={'yes' if router.nat_pmp else 'no'}", "secure_mode=yes", "system_uptime=yes",
              "upnp_table_name=home", "upnp_nat_table_name=home", "upnp_forward_chain=miniupnpd",
              "upnp_nat_chain=miniupnpd_in", "upnp_nat_postrouting_chain=miniupnpd_out",
              f"lease_file={leases}", f"uuid=5a5a0000-0000-4000-8000-00000000000{number}",
              "allow 0-65535 0.0.0.0/0 0-65535"]
    config += [f"ext_ip={plan.resolve(router.claims_address)}"] if router.claims_address and not site.claims_private else []
    path = RUN / f"{site.name}.miniupnpd.conf"
    path.write_text("\n".join(config) + "\n")
    leases.write_text("".join(f"{protocol.upper()}:{outside}:{target}:{inside}:0:web\n"
                              for outside, inside, protocol in map(ports, router.listed_mappings)))
    awaits = []
    if upnp:  # its web server is bound to every address, over IPv6 with IPv4 in it
        awaits.append(Listening("tcp", "::", UPNP_PORT))
    if router.nat_pmp and site.lan4:
        awaits.append(Listening("udp", site.lan4, NAT_PMP_PORT))
    return Server("miniupnpd", site.name,
                  ["miniupnpd", "-d", "-f", str(path), "-P", str(RUN / f"{site.name}.miniupnpd.pid")], awaits)


def other_igd(site: Site, plan: Addresses) -> Server | None:
    router = site.router
    if router.dark or not router.upnp or not router.igd_names:
        return None
    return Server("igd", site.name, [sys.executable, "-m", "ringlab.igd", str(IGD_PORT), site.lan4, plan.resolve(router.igd_names)],
                  [Listening("tcp", "0.0.0.0", IGD_PORT), Listening("udp", "0.0.0.0", 1900)])


def pinhole_filter(site: Site) -> Server | None:
    if site.router.pinholes == "allowed":
        return None
    return Server("pinholes", site.name, [sys.executable, "-m", "ringlab.pinholes", site.router.pinholes, str(PINHOLES_PORT), site.lan4, str(UPNP_PORT)],
                  [Listening("tcp", "::", PINHOLES_PORT)])


def b4(site: Site, remote: str) -> Server:
    return Server("b4", site.name, [sys.executable, "-m", "ringlab.softwire", "softwire", site.wan6, remote])


def pages(site: Site) -> list[dict]:
    """What the router itself answers over HTTP: on its LAN, and where it was told so, to the world."""
    found = [(site.lan4, "80", "tcp")] if site.router.web and not site.router.dark else []
    found += [(address, outside, protocol) for outside, _, protocol in map(ports, site.router.answers_itself)
              for address in (site.wan4, site.wan6) if address]
    return [{"protocol": protocol, "address": address, "port": int(port), "flags": ["web"]}
            for address, port, protocol in found]
