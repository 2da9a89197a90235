"""Builds a household: who is connected to whom, in which order things come up, and what it is then made of."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from ringlab import dns, dnssec, home, host, internet, name_service, network_managers, provider, router, units, vpn
from ringlab.addresses import Addresses, eui64, network_of, with_identifier
from ringlab.errors import HouseholdError
from ringlab.household import Household, Neighbour
from ringlab.isolation import RUN
from ringlab.home import Site
from ringlab.netns import Namespace, Network, run
from ringlab.servers import Server, wait_ready

PAST_IDENTIFIER = "::9c5e:41d7:b80a:2f63"  # as if some temporary address had had it once
HOST_NUMBER, SECOND_CARD_NUMBER, NEIGHBOUR_NUMBER = 20, 21, 66  # in the host's IPv4 LAN


@dataclass
class Built:
    household: Household
    plan: Addresses
    network: Network = field(default_factory=Network)
    sites: list[Site] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)
    host4: str = ""
    gateway4: str = ""
    prefix6: str = ""  # of the host's link
    stages: list[tuple[str, float]] = field(default_factory=list)

    def stage(self, name: str) -> None:
        self.stages.append((name, time.monotonic()))

    def seconds_up(self) -> float:
        return self.stages[-1][1] - self.stages[0][1]


def build(household: Household, vantage_program: Path | None) -> Built:
    """Without a vantage program the household stands, but nobody in it can knock."""
    built = Built(household, Addresses(household.name))
    built.stage("start")
    lay(built)
    built.network.create()
    built.network.apply()
    built.stage("links")
    start_early(built)
    bring_host_up(built)
    built.stage("host addresses")
    start_late(built, vantage_program)
    built.stage("servers")
    return built


def lay(built: Built) -> None:
    """Collects what every namespace is to hold; nothing exists yet."""
    household, plan, network = built.household, built.plan, built.network
    plan.number_customers(household.access.cgn_range)
    plan.operator_zone = household.internet.operator or plan.operator_zone
    if household.internet.vantage_knocks_from == "same":
        plan.knock_from_where_it_listens()
    if household.access.ipv6_prefix == "6to4":
        plan.make_6to4()
    isp = provider.lay(network, plan, household.access)
    internet.lay(network, plan, household.internet)
    space = network.add("host")
    built.sites = home.lay(network, plan, household.access, household.routers)
    connect_host(built, space)
    if household.host.vpn:
        vpn.lay(network, plan, household.host.vpn_is_overlay)
    provider.prepare(isp, plan, household.access, [site.lan4_network for site in built.sites if site.lan4])
    name_addresses(built)


def connect_host(built: Built, space: Namespace) -> None:
    """To its router's LAN, or without one to the provider itself, as a router would be."""
    household, plan, network = built.household, built.plan, built.network
    network.macs["host", "eth0"] = plan.host_mac
    if built.sites:
        site = built.sites[-1]
        if household.host.second_card or household.neighbour != Neighbour():
            connect_by_switch(built, site)
        else:
            network.cable(network.namespaces[site.name], "lan", space, "eth0")
        built.prefix6 = site.lan6[:-1]
        built.gateway4, length4 = site.lan4, site.router.lan4.partition("/")[2]
        built.host4 = site.lan4 and site.lan4.rpartition(".")[0] + f".{HOST_NUMBER}"
        site.inside4 = built.host4
    else:
        if household.access.provider not in ("plain", "cgn"):
            raise HouseholdError(f"{household.name}: {household.access.provider} needs a home router")
        link = home.from_provider(plan, household.access)
        network.cable(network.namespaces["provider"], "access", space, "eth0")
        built.prefix6 = link.gateway6[:-1]
        built.gateway4, built.host4, length4 = link.gateway4, link.address4, link.length4
        space.ip.append(f"link set eth0 mtu {household.access.mtu}")
    if household.access.swallows_larger_than:  # else TCP leaves in heaps of up to 64 kB (GSO), and the provider's filter sees no packet's own size
        space.ip.append("link set eth0 gso_max_segs 1")
    space.link("eth0", [f"{built.host4}/{length4}"] if built.host4 else [])
    if built.gateway4:
        space.route("default", built.gateway4)
    if household.host.second_card:
        connect_second_card(built)
    if built.prefix6:
        host.prepare_ipv6(space, household.host, plan)


def connect_by_switch(built: Built, site: Site) -> None:
    """The router's LAN is a bridge: the host with one card or two, and perhaps another machine."""
    household, network = built.household, built.network
    ends = [(network.namespaces["host"], "eth0")]
    if household.host.second_card:
        ends.append((network.namespaces["host"], "wlan0"))
    if household.neighbour != Neighbour():
        ends.append((connect_neighbour(built, site), "eth0"))
    for tool in ("iptables", "ip6tables"):  # what goes from port to port is no business of the router's filter
        network.namespaces[site.name].sysctl_if_there[f"bridge/bridge-nf-call-{tool}"] = "0"
    lines = [f"link add lan address {network.macs[site.name, 'lan']} type bridge"]
    for number, (end, interface) in enumerate(ends):
        network.cable(network.namespaces[site.name], f"port{number}", end, interface)
        lines.append(f"link set port{number} master lan up")
    network.namespaces[site.name].ip[:0] = lines


def connect_neighbour(built: Built, site: Site) -> Namespace:
    words, neighbour = built.plan.words, built.network.add("neighbour")
    words["neighbour4"] = site.lan4.rpartition(".")[0] + f".{NEIGHBOUR_NUMBER}"
    neighbour.link("eth0", [words["neighbour4"] + "/" + site.router.lan4.partition("/")[2]])
    neighbour.route("default", site.lan4)
    if built.household.neighbour.stable_address == "eui-64":
        built.network.macs["neighbour", "eth0"] = built.plan.neighbour_mac
    if site.lan6:
        by_hand = built.household.neighbour.stable_address == "by-hand"
        own = f"::{NEIGHBOUR_NUMBER}" if by_hand else eui64(built.plan.neighbour_mac)
        words["neighbour6"], words["neighbour-old-prefix"] = with_identifier(site.lan6[:-1], own), with_identifier(built.plan.old_prefix, own)
        neighbour.link("eth0", [words["neighbour6"] + "/64"])
        neighbour.route("default", site.lan6)
    return neighbour


def connect_second_card(built: Built) -> None:
    """Its default routes are worse than the cable's, as network managers have it for a radio."""
    site, space = built.sites[-1], built.network.namespaces["host"]
    address = site.lan4.rpartition(".")[0] + f".{SECOND_CARD_NUMBER}"
    space.link("wlan0", [address + "/" + site.router.lan4.partition("/")[2]])
    space.route("default", site.lan4, "wlan0", "metric 600")
    space.sysctl["ipv6/conf/wlan0/accept_ra"] = "1"
    space.sysctl["ipv6/conf/wlan0/ra_defrtr_metric"] = "2048"  # the cable's is 1024
    built.plan.words["second-card4"] = address


def name_addresses(built: Built) -> None:
    """The words that household files use; the host's own IPv6 addresses follow when it has them."""
    plan, sites = built.plan, built.sites
    if provider.shares_ipv4(built.household.access):
        plan.words["mapped"] = plan.shared4
        plan.words |= {"pool": plan.pool4} if built.household.access.pool else {}
    elif "ipv4" in built.household.access.families:
        plan.words["mapped"] = plan.access4
    for word, address in (("host4", built.host4), ("gateway4", built.gateway4), ("wan", sites[0].wan4 if sites else ""),
                          ("router-wan6", sites[0].wan6 if sites and built.prefix6 else ""),
                          ("router6", sites[-1].lan6 if sites else ""), ("inner-wan", sites[-1].wan4 if sites else "")):
        if address:
            plan.words[word] = address


def start_early(built: Built) -> None:
    """Everything that does not depend on the addresses that the host gives itself."""
    plan, household = built.plan, built.household
    name_service.prepare(household)
    if dnssec.is_signed(household):
        dnssec.place_anchor()
    built.servers += [internet.distance(household.internet)] if household.internet.distance_ms else []
    built.servers += [internet.stun_server(plan), dns.public_resolver(household, plan)]
    built.servers += provider.serve(plan, household.access)
    advertisers = [server for site in built.sites for server in (router.dnsmasq(site), router.unbound(site, plan), router.advertiser(site)) if server]
    if not built.sites and built.prefix6:
        advertisers = [advertiser_at_provider(built)]
    built.servers += advertisers
    built.servers += [router.b4(site, plan.access_gateway6) for site in built.sites if site.outside4 == "softwire"]
    for server in built.servers:
        server.start()
    if not household.routers or household.routers[-1].dark or not household.routers[-1].dns:
        resolvers = [one for one in plan.resolvers if (built.prefix6 if ":" in one else built.host4)]
    else:
        resolvers = [built.gateway4 or built.sites[-1].lan6]
    (RUN / "resolv.conf").write_text("".join(f"nameserver {one}\n" for one in resolvers[:3]))


def advertiser_at_provider(built: Built) -> Server:
    config = RUN / "provider.dnsmasq.conf"
    config.write_text("port=0\nbind-interfaces\ninterface=access\nexcept-interface=lo\nuser=root\npid-file=\nenable-ra\n"
                      f"dhcp-leasefile={RUN}/provider.leases\ndhcp-range=::,constructor:access,ra-only,64,24h\n")
    return Server("dnsmasq", "provider", ["dnsmasq", "-k", "-C", str(config)], [router.HEARS_SOLICITATIONS])


def bring_host_up(built: Built) -> None:
    keeper = Server("keeper", "host", ["sleep", "infinity"]).start()  # a process whose /proc shows the host's network
    if built.prefix6:
        wait_ready([server for server in built.servers if router.HEARS_SOLICITATIONS in server.awaits])
        slaac = host.configure_itself(keeper.process.pid, built.prefix6, built.household.host)
        built.plan.words["stable"] = built.plan.resolve(slaac.stable)
        built.plan.words["old-prefix"] = with_identifier(built.plan.old_prefix, slaac.stable)
        built.plan.words["unadvertised"] = with_identifier(built.plan.lans[1], slaac.stable)
        built.plan.words["nobody6"] = with_identifier(built.prefix6, PAST_IDENTIFIER)
        if slaac.temporary:
            built.plan.words["temporary"] = built.plan.resolve(slaac.temporary)
        if built.household.host.second_address:
            built.plan.words["second"] = host.add_address(built.prefix6, built.household.host.second_address)
            built.plan.words["elsewhere"] = with_identifier(network_of(built.plan.words["somebody-else6"]), built.household.host.second_address)
        for site in built.sites:
            site.stable6 = built.plan.words["stable"]
            if site.router.translates_ipv6 != "no":
                built.plan.words["mapped6"] = (site.wan6 if site.router.translates_ipv6 == "address" else
                                               with_identifier(site.delegated_lan.split("/")[0], slaac.stable))


def start_late(built: Built, vantage_program: Path | None) -> None:
    household, plan = built.household, built.plan
    for site in built.sites:
        built.network.namespaces[site.name].nft = router.ruleset(site)
    built.network.namespaces["host"].nft = household.host.nftables
    late = [server.start() for server in dns.authority(household, plan)]  # the slowest to come up goes first
    built.network.filter()
    if household.internet.vantage == "up" and vantage_program:
        late.append(internet.vantage_server(plan, household.internet, str(vantage_program)).start())
    if household.internet.vantage == "port-checker":
        late.append(internet.port_checker(plan, household.internet).start())
    if household.internet.second_vantage != "none" and vantage_program:
        late.append(internet.second_vantage_server(plan, household.internet, str(vantage_program)).start())
    if household.host.vpn:
        late += [server.start() for server in vpn.serve(plan, household.host.vpn_is_overlay)]
    if household.access.portal:
        portal = [{"protocol": "tcp", "address": "::", "port": provider.PORTAL_PORT, "flags": ["web"]}]
        late.append(internet.listeners_server("provider", portal, "portal").start())
    for where, listeners in (("host", household.host.listeners), ("neighbour", household.neighbour.listeners)):
        if sockets := host.listening(listeners, plan):
            late.append(internet.listeners_server(where, sockets).start())
    for number, site in enumerate(built.sites):
        if server := router.miniupnpd(site, number, plan):
            late.append(server.start())
        if server := router.other_igd(site, plan):
            late.append(server.start())
        if server := router.pinhole_filter(site):
            late.append(server.start())
        if pages := router.pages(site):
            late.append(internet.listeners_server(site.name, pages).start())
    late += [server.start() for server in name_service.serve(household)]
    if household.internet.update_service:
        late.append(internet.update_service(plan, next(one.process.pid for one in late if one.name == "nsd")).start())
    built.servers += late
    wait_ready(built.servers)
    name_service.wait_for_multicast(household, plan.words)
    if dns.is_remembered(household):
        asked = [line.split()[1] for line in (RUN / "resolv.conf").read_text().splitlines()] + plan.resolvers[:2]
        dns.change_records(household, plan, next(one.process.pid for one in built.servers if one.name == "nsd"), asked)
    host.obey(household.access.commands, plan.words, "provider")
    for site in built.sites:
        host.obey(site.router.commands, plan.words, site.name)
    host.obey(household.neighbour.commands, plan.words, "neighbour")
    if household.host.resolver == "systemd-resolved":
        host.obey([name_service.RESOLVED.replace("UNPACKED", str(name_service.UNPACKED))], plan.words)
    host.fill_in(household.host.files, plan.words)
    network_managers.install(household.host.files)
    if household.host.units:
        units.install()
    host.obey(household.host.commands, plan.words)
    for unit in household.host.units:
        run(["systemctl", "start", unit], "host")
