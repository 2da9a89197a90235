"""The piece of internet: a backbone, a namespace with the public servers, and one with the vantage point."""

import sys

from ringlab.addresses import Addresses, of_family
from ringlab.household import Internet
from ringlab.isolation import RUN
from ringlab.netns import Network
from ringlab.servers import Listening, Server

# What a backbone never carries, in either direction.
BACKBONE = """
table inet backbone {
  chain forward { type filter hook forward priority filter
    ip saddr { 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16 } drop
    ip daddr { 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16 } drop
    ip6 saddr { fc00::/7, 64:ff9b::/96 } drop
    ip6 daddr { fc00::/7, 64:ff9b::/96 } drop
  }
}
"""

# Name servers that are switched off: they do not even say that nobody listens there.
DEAD = """
table inet dead {{
  chain input {{ type filter hook input priority filter
    ip daddr {{ {ipv4} }} meta l4proto {{ tcp, udp }} drop
    ip6 daddr {{ {ipv6} }} meta l4proto {{ tcp, udp }} drop
  }}
}}
"""


def dead_nameservers(plan: Addresses, internet: Internet) -> list[str]:
    return ((plan.nameservers[2:] if internet.second_nameserver == "dead" else [])
            + (plan.dead_nameservers if internet.home_nameservers == "dead" else []))


def lay(network: Network, plan: Addresses, internet: Internet) -> None:
    backbone, servers, vantage = network.add("backbone", forwards=True), network.add("servers"), network.add("vantage")
    backbone.nft = BACKBONE
    if dead := dead_nameservers(plan, internet):
        servers.nft = DEAD.format(**{family: ", ".join(of_family(dead, [family])) for family in ("ipv4", "ipv6")})
    if internet.distance_ms:
        for space, interface in ((backbone, "provider"), (network.namespaces["provider"], "uplink")):
            space.ip.insert(0, f"tuntap add mode tun name {interface}")
    else:
        network.cable(backbone, "provider", network.namespaces["provider"], "uplink")
    network.cable(backbone, "servers", servers, "eth0")
    network.cable(backbone, "vantage", vantage, "eth0")
    backbone.link("provider", [plan.uplink4[0] + "/30", plan.uplink6[0] + "/64"])
    backbone.route(plan.provider4, plan.uplink4[1])
    backbone.route(plan.provider6, plan.uplink6[1])
    if plan.delegated.startswith("2002:"):  # not of the provider's own space
        backbone.route(plan.delegated, plan.uplink6[1])
    for name, space, gateway, addresses in (
            ("servers", servers, plan.servers_gateway,
             plan.resolvers + plan.root + plan.nameservers + plan.dead_nameservers + plan.stun + plan.update_service + plan.second_vantage + plan.second_knockers),
            ("vantage", vantage, plan.vantage_gateway, list(dict.fromkeys(plan.vantage + plan.knockers)))):
        backbone.link(name, [gateway[0] + "/24", gateway[1] + "/64"])
        space.link("eth0", [one + ("/64" if ":" in one else "/24") for one in addresses])
        space.route("default", gateway[0])
        space.route("default", gateway[1])


def distance(internet: Internet) -> Server:
    return Server("distance", "backbone", [sys.executable, "-m", "ringlab.distance", str(internet.distance_ms / 2), "provider", "uplink", "backbone", "provider"])


def stun_server(plan: Addresses) -> Server:
    listen = [word for address in plan.stun for word in ("-L", address)]
    argv = ["turnserver", "-n", "--stun-only", "--no-auth", "--no-cli", "--no-tls", "--no-dtls", "--log-file", "stdout",
            "--pidfile", str(RUN / "turn.pid"), "--userdb", str(RUN / "turn.db"), "-p", "3478", *listen]
    return Server("turnserver", "servers", argv, [Listening("udp", one, 3478) for one in plan.stun])


def vantage_server(plan: Addresses, internet: Internet, program: str) -> Server:
    here = of_family(plan.vantage, internet.vantage_families)
    argv = [program]
    for address in here:
        argv += ["--listen", address]
    for address in of_family(plan.knockers if internet.vantage_knocks_from == "another" else [], internet.vantage_families):
        argv += ["--knock-from", address]
    argv += ["--http-port", "8370", "--stun-port", "3479" if internet.vantage_stun else "0"]
    awaits = [Listening("tcp", address, 8370) for address in here]
    if internet.vantage_stun:
        awaits += [Listening("udp", address, 3479) for address in here]
    return Server("ringback-vantage", "vantage", argv, awaits)


def second_vantage_server(plan: Addresses, internet: Internet, program: str) -> Server:
    families = ["ipv4", "ipv6"] if internet.second_vantage == "up" else [internet.second_vantage]
    here = of_family(plan.second_vantage, families)
    argv = [program, "--http-port", "8370", "--stun-port", "0"]
    for address in here:
        argv += ["--listen", address]
    for address in of_family(plan.second_knockers, families):
        argv += ["--knock-from", address]
    return Server("ringback-vantage", "servers", argv, [Listening("tcp", address, 8370) for address in here])


def port_checker(plan: Addresses, internet: Internet) -> Server:
    here = of_family(plan.vantage, internet.vantage_families)
    return Server("port-checker", "vantage", [sys.executable, "-m", "ringlab.port_checker", *here],
                  [Listening("tcp", address, 80) for address in here])


def update_service(plan: Addresses, nsd_process: int) -> Server:
    return Server("update-service", "servers", [sys.executable, "-m", "ringlab.update_service", str(RUN / "nsd"), str(nsd_process), *plan.update_service],
                  [Listening("tcp", address, 80) for address in plan.update_service])


def listeners_server(where: str, wanted: list[dict], name: str = "listener") -> Server:
    """Several sockets in one small process; see listener.py."""
    words = [f"{one['protocol']} {one['address']} {one['port']} {','.join(one['flags'])}" for one in wanted]
    awaits = [Listening(one["protocol"], one["address"], one["port"]) for one in wanted]
    return Server(name, where, [sys.executable, "-m", "ringlab.listener", *words], awaits)
