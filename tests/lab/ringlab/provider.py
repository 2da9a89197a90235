"""The provider: one access router, and in it whatever the provider does to IPv4 (CGN, AFTR, NAT64)."""

import sys

from ringlab.addresses import Addresses
from ringlab.household import Access
from ringlab.isolation import RUN
from ringlab.netns import Namespace, Network, run
from ringlab.servers import Server
from ringlab.dns import resolver

SOFTWIRE_B4, SOFTWIRE_AFTR = "192.0.0.2", "192.0.0.1"  # RFC 6333 §5.7
SOFTWIRED = ("ds-lite", "lw4o6", "map-e")
PORT_SETS = {  # the ports of the shared address that are this home's
    "lw4o6": ["4096-8191"],  # RFC 7596 §5.1: one block
    # RFC 7597 §5.1: six bits that are not all zero, a PSID of eight, which is 52, and two bits: four ports in every 1024
    "map-e": [f"{first}-{first + 3}" for first in (block << 10 | 52 << 2 for block in range(1, 64))],
}
PORTAL_PORT = 8080
IPV6_HEADER = 40  # what a softwire has less than the access link
NAT64_POOL = "192.168.255.0/24"  # tayga is stateless; behind it the pool is translated again, to one address

SILENT = """
  chain output { type filter hook output priority filter
    meta l4proto icmp drop
    icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, echo-reply } drop
    tcp flags & rst == rst drop
  }"""


def native_families(access: Access) -> list[str]:
    """What the access link carries untunnelled and untranslated."""
    return ["ipv6"] if access.provider in (*SOFTWIRED, "nat64") else access.families


def port_set(access: Access) -> list[str]:
    return PORT_SETS.get(access.provider, [])


def shares_ipv4(access: Access) -> bool:
    return access.provider != "plain"


def lay(network: Network, plan: Addresses, access: Access) -> Namespace:
    provider = network.add("provider", forwards=True)
    provider.link("uplink", [plan.uplink4[1] + "/30", plan.uplink6[1] + "/64"])
    provider.route("default", plan.uplink4[0])
    provider.route("default", plan.uplink6[0])
    # The provider's unused space ends here, or it would travel to and fro between provider and backbone.
    for block in (plan.provider4, plan.provider6):
        provider.ip.append(f"route add unreachable {block}")
    families = native_families(access)
    addresses = []
    if "ipv4" in families:
        gateway = plan.cgn_gateway4 + "/16" if access.provider == "cgn" else plan.access_gateway4 + "/22"
        addresses.append(gateway)
    if "ipv6" in families:
        addresses.append(plan.access_gateway6 + "/64")
    provider.ip.append(f"link set access mtu {access.mtu}")
    provider.link("access", addresses)
    if access.provider in ("cgn", "ds-lite", "nat64"):  # the carrier translates, so the address is its own
        provider.ip += [f"address add {one}/32 dev lo" for one in shared(plan, access)]
    provider.nft = ruleset(plan, access)
    return provider


def shared(plan: Addresses, access: Access) -> list[str]:
    """The addresses that the carrier's translator gives to connections."""
    return [plan.shared4, plan.pool4] if access.pool else [plan.shared4]


def ruleset(plan: Addresses, access: Access) -> str:
    inside = {"cgn": access.cgn_range, "ds-lite": "{ 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 }",
              "nat64": NAT64_POOL}.get(access.provider)
    to = f"numgen random mod 2 map {{ 0 : {plan.shared4}, 1 : {plan.pool4} }}" if access.pool else plan.shared4
    translate = ("" if not inside else f"""
  chain postrouting {{ type nat hook postrouting priority srcnat
    oifname "uplink" ip saddr {inside} snat ip to {to}
  }}""")
    # A carrier's translator answers nothing that comes from outside without a mapping.
    guard = ("" if not inside else f"""
  chain input {{ type filter hook input priority filter
    iifname "uplink" ip daddr {{ {", ".join(shared(plan, access))} }} ct state new drop
  }}""")
    drops = "".join(f'\n    oifname "access" {protocol} dport {port} drop'
                    for port, protocol in (service.split("/") for service in access.drops))
    if port_set(access):
        ours = f"{{ {', '.join(port_set(access))} }}"
        drops += (f'\n    oifname "softwire" meta l4proto {{ tcp, udp }} th dport != {ours} drop'
                  f'\n    iifname "softwire" meta l4proto {{ tcp, udp }} th sport != {ours} drop')
    if access.loses:
        drops += "".join(f'\n    {way} {{ "access", "softwire" }} numgen random mod 100 < {access.loses} drop'
                         for way in ("iifname", "oifname"))
    portal = ""
    if access.portal:
        drops += '\n    iifname "access" meta l4proto { tcp, udp } th dport != 53 drop'
        portal = f"""
  chain prerouting {{ type nat hook prerouting priority dstnat
    iifname "access" tcp dport {{ 80, 443, 8370 }} redirect to :{PORTAL_PORT}
  }}"""
    if access.swallows_larger_than:
        drops += f"\n    ip length > {access.swallows_larger_than} drop"
        drops += f"\n    ip6 length > {access.swallows_larger_than - 40} drop"
    if not access.ipv6_works:
        drops += '\n    iifname "access" meta nfproto ipv6 drop\n    oifname "access" meta nfproto ipv6 drop'
    forward = f"""
  chain forward {{ type filter hook forward priority filter{drops}
  }}"""
    return f"table inet provider {{{translate}{guard}{portal}{forward}{'' if access.answers_icmp else SILENT}\n}}\n"


def serve(plan: Addresses, access: Access) -> list[Server]:
    """The programs that the provider runs; call after the namespaces have their addresses."""
    if access.provider in SOFTWIRED:
        return [Server("aftr", "provider", [sys.executable, "-m", "ringlab.softwire", "softwire",
                                            plan.access_gateway6, plan.access6])]
    if access.provider == "nat64":
        # The resolver listens on the address the home router asks, next to the translator.
        return [tayga(plan), resolver("provider", plan, [plan.resolver64], dns64=True)]
    return []


def prepare(provider: Namespace, plan: Addresses, access: Access, home_lans: list[str]) -> None:
    """What comes after everything that home routers added."""
    if access.link == "down":
        provider.ip.append("link set access down")
    if access.provider in SOFTWIRED:
        provider.ip.append("tuntap add mode tun name softwire")
        provider.ip.append(f"link set softwire mtu {access.mtu - IPV6_HEADER}")
        # An lwAFTR answers with an address of the provider's; 192.0.0.1 is the mark of DS-Lite (RFC 6333 §6.5).
        provider.link("softwire", [(SOFTWIRE_AFTR if access.provider == "ds-lite" else plan.access_gateway4) + "/32"])
        # A real one tells homes apart by their softwire; here is one home.
        for lan in home_lans if access.provider == "ds-lite" else [plan.shared4]:
            provider.route(lan, dev="softwire")
    if access.provider == "nat64":
        provider.ip.append(f"address add {plan.resolver64}/128 dev lo nodad")


def tayga(plan: Addresses) -> Server:
    config = RUN / "tayga.conf"
    config.write_text(f"tun-device nat64\nipv4-addr {NAT64_POOL.replace('.0/24', '.1')}\nipv6-addr {plan.nat64_6}\n"
                      f"prefix 64:ff9b::/96\ndynamic-pool {NAT64_POOL}\ndata-dir {RUN}\n")
    run(["tayga", "--mktun", "-c", str(config)], "provider")
    run(["ip", "-batch", "-"], "provider", f"link set nat64 up\nroute add {NAT64_POOL} dev nat64\n"
                                           f"route add 64:ff9b::/96 dev nat64\nroute add {plan.nat64_6} dev nat64\n")
    return Server("tayga", "provider", ["tayga", "--nodetach", "-c", str(config)])
