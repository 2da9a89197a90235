"""A VPN on the host: IPv4 leaves through a tunnel, and the internet sees the VPN provider's address."""

import sys

from ringlab.addresses import Addresses
from ringlab.netns import Network
from ringlab.servers import Server

NEAR, FAR = "10.66.0.2", "10.66.0.1"


def lay(network: Network, plan: Addresses) -> None:
    """The VPN provider lives among the public servers, and they see its address as everybody does."""
    server, host = network.namespaces["servers"], network.namespaces["host"]
    server.forwards = True
    server.link("eth0", [plan.vpn[0] + "/24", plan.vpn[1] + "/64"], up=False)
    server.nft = f"""
table ip vpn {{
  chain postrouting {{ type nat hook postrouting priority srcnat
    ip saddr {NEAR} oifname "eth0" snat to {plan.vpn[0]}
  }}
  chain input {{ type nat hook input priority 100
    ip saddr {NEAR} snat to {plan.vpn[0]}
  }}
}}
"""
    for space, name, own, other in ((server, "vpn", FAR, NEAR), (host, "tun0", NEAR, FAR)):
        space.ip += [f"tuntap add mode tun name {name}", f"link set {name} mtu 1420"]
        space.link(name, [f"{own} peer {other}"])
    for half in ("0.0.0.0/1", "128.0.0.0/1"):  # as VPN programs do it: the home's default route stays beneath
        host.route(half, dev="tun0")
    plan.words["vpn"], plan.words["vpn6"] = plan.vpn


def serve(plan: Addresses) -> list[Server]:
    """Both ends of the tunnel; it runs over IPv6, so its own packets do not enter it."""
    ends = (("host", "tun0", plan.words["stable"], plan.vpn[1]), ("servers", "vpn", plan.vpn[1], plan.words["stable"]))
    return [Server("vpn", where, [sys.executable, "-m", "ringlab.softwire", tun, own, other])
            for where, tun, own, other in ends]
