"""Where home routers stand: what each is connected to, and with which addresses."""

import ipaddress
import re
from dataclasses import dataclass, field

from ringlab import provider
from ringlab.addresses import Addresses, of_family
from ringlab.household import Access, Router
from ringlab.netns import Namespace, Network

NAMES = ("router", "inner")


@dataclass
class Site:
    """A router at its place, and the next thing inwards."""
    name: str  # of its namespace
    router: Router
    wan4: str = ""
    wan6: str = ""
    lan6: str = ""  # its own address on the LAN; empty without IPv6
    inside4: str = ""  # forwards lead there
    stable6: str = ""  # openings lead there
    translates: bool = True
    outside4: str = "wan"  # the interface that IPv4 leaves through: "softwire" where it is tunnelled
    port_set: list[str] = field(default_factory=list)  # the only ports of wan4 that are this home's, such as 4096-8191
    narrow: bool = False  # the way out carries less than the LAN
    delegated_lan: str = ""  # the prefix that its LAN has outside, where the router translates IPv6
    upstream_dns: list[str] = field(default_factory=list)

    @property
    def claims_private(self) -> bool:
        """miniupnpd takes such an address from an interface alone."""
        return bool(re.match(r"10\.|192\.168\.", self.router.claims_address))

    @property
    def lan4(self) -> str:
        return self.router.lan4.split("/")[0]

    @property
    def lan4_network(self) -> str:
        return str(ipaddress.ip_interface(self.router.lan4).network)


@dataclass
class Uplink:
    """What the side towards the internet offers; empty is a family that it does not have."""
    gateway4: str = ""
    address4: str = ""
    length4: int = 24
    gateway6: str = ""
    address6: str = ""


def from_provider(plan: Addresses, access: Access) -> Uplink:
    families, link = provider.native_families(access), Uplink()
    if "ipv4" in families and access.provider == "cgn":
        link.gateway4, link.address4, link.length4 = plan.cgn_gateway4, plan.cgn4, 16
    elif "ipv4" in families:
        link.gateway4, link.address4, link.length4 = plan.access_gateway4, plan.access4, plan.access_length4
    if "ipv6" in families:
        link.gateway6, link.address6 = plan.access_gateway6, plan.access6
    return link


def from_router(outer: Site) -> Uplink:
    link = Uplink()
    if outer.lan4:
        link.gateway4, link.address4 = outer.lan4, outer.lan4.rpartition(".")[0] + ".2"
    if outer.lan6 and outer.wan6:
        link.gateway6, link.address6 = outer.lan6, outer.lan6[:-1] + "2"
    return link


def lay(network: Network, plan: Addresses, access: Access, routers: list[Router]) -> list[Site]:
    sites: list[Site] = []
    outer = network.namespaces["provider"]
    for number, router in enumerate(routers):
        link = from_router(sites[0]) if number else from_provider(plan, access)
        site, outer = lay_router(network, plan, number, router, link, outer)
        if not number and access.provider in provider.SOFTWIRED:
            add_softwire(network.namespaces[site.name], site, plan, access)
        if not number:
            network.namespaces[site.name].ip.append(f"link set wan mtu {access.mtu}")
            site.narrow = access.mtu < 1500 or site.outside4 == "softwire"
        if number:
            sites[0].inside4 = site.wan4
        site.upstream_dns = ([plan.resolver64] if access.provider == "nat64" else
                             of_family(plan.resolvers[:2], provider.native_families(access)))
        sites.append(site)
    return sites


def lay_router(network: Network, plan: Addresses, number: int, router: Router, link: Uplink,
               outer: Namespace) -> tuple[Site, Namespace]:
    site = Site(NAMES[number], router, wan4=link.address4, wan6=link.address6)
    space = network.add(site.name, forwards=True)
    network.cable(outer, "lan" if number else "access", space, "wan")
    network.macs[site.name, "lan"] = plan.router_macs[number]
    if site.wan6:
        site.lan6 = plan.lans[number] + "1"
        if router.translates_ipv6 != "no":
            site.lan6, site.delegated_lan = plan.local_prefix + "1", plan.lans[number] + "/64"
        if not number:  # RFC 7084 WPD-5: what nobody at home uses must not travel back to the provider
            space.ip.append(f"route add unreachable {plan.delegated}")
        outer.route(plan.delegated if not number else plan.lans[number] + "/64", site.wan6)
    elif router.local_prefix:
        site.lan6 = plan.local_prefix + "1"
    space.link("wan", [f"{address}/{length}" for address, length in ((site.wan4, link.length4), (site.wan6, 64))
                       if address])
    space.link("lan", [one for one in (router.lan4, site.lan6 and f"{site.lan6}/64") if one])
    for gateway in (link.gateway4, link.gateway6):
        if gateway:
            space.route("default", gateway)
    if site.claims_private:
        space.ip.append("link add claimed type bridge")
        space.link("claimed", [router.claims_address + "/32"])
    return site, space


def add_softwire(space: Namespace, site: Site, plan: Addresses, access: Access) -> None:
    """IPv4 in IPv6 to the carrier. With DS-Lite the carrier translates; otherwise the router does, to a few ports."""
    address = provider.SOFTWIRE_B4
    site.port_set, site.outside4 = provider.port_set(access), "softwire"
    site.translates = bool(site.port_set)
    if site.translates:
        site.wan4 = address = plan.shared4
    space.ip += ["tuntap add mode tun name softwire", f"link set softwire mtu {access.mtu - provider.IPV6_HEADER}"]
    space.link("softwire", [address + "/32"])
    space.route("default", dev="softwire")
