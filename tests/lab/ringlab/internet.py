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


def lay(network: Network, plan: Addresses) -> None:
    backbone, servers, vantage = network.add("backbone", forwards=True), network.add("servers"), network.add("vantage")
    backbone.nft = BACKBONE
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
             plan.resolvers + plan.root + plan.nameservers + plan.stun + plan.second_vantage + plan.second_knockers),
            ("vantage", vantage, plan.vantage_gateway, plan.vantage + plan.knockers)):
        backbone.link(name, [gateway[0] + "/24", gateway[1] + "/64"])
        space.link("eth0", [one + ("/64" if ":" in one else "/24") for one in addresses])
        space.route("default", gateway[0])
        space.route("default", gateway[1])


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
    for address in of_family(plan.knockers, internet.vantage_families):
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


def listeners_server(where: str, wanted: list[dict], name: str = "listener") -> Server:
    """Several sockets in one small process; see listener.py."""
    words = [f"{one['protocol']} {one['address']} {one['port']} {','.join(one['flags'])}" for one in wanted]
    awaits = [Listening(one["protocol"], one["address"], one["port"]) for one in wanted]
    return Server(name, where, [sys.executable, "-m", "ringlab.listener", *words], awaits)
