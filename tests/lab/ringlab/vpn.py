"""A VPN on the host: IPv4 leaves through a tunnel, and the internet sees the VPN provider's address."""

import sys

from ringlab.addresses import Addresses
from ringlab.netns import Network
from ringlab.servers import Server

PROVIDER = ("tun0", "10.66.0.2", "10.66.0.1")
OVERLAY = ("tailscale0", "100.101.102.103", "100.101.102.1")  # in RFC 6598's range, as carriers' are


def ends(overlay: bool) -> tuple[str, str, str]:
    """The tunnel's name on the host, and the addresses of its two ends."""
    return OVERLAY if overlay else PROVIDER


def lay(network: Network, plan: Addresses, overlay: bool) -> None:
    """The VPN provider lives among the public servers, and they see its address as everybody does."""
    tunnel, near, far = ends(overlay)
    server, host = network.namespaces["servers"], network.namespaces["host"]
    server.forwards = True
    server.link("eth0", [plan.vpn[0] + "/24", plan.vpn[1] + "/64"], up=False)
    server.nft = f"""
table ip vpn {{
  chain postrouting {{ type nat hook postrouting priority srcnat
    ip saddr {near} oifname "eth0" snat to {plan.vpn[0]}
  }}
  chain input {{ type nat hook input priority 100
    ip saddr {near} snat to {plan.vpn[0]}
  }}
}}
"""
    for space, name, own, other in ((server, "vpn", far, near), (host, tunnel, near, far)):
        space.ip += [f"tuntap add mode tun name {name}", f"link set {name} mtu 1420"]
        space.link(name, [f"{own} peer {other}"])
    for half in ("0.0.0.0/1", "128.0.0.0/1"):  # as VPN programs do it: the home's default route stays beneath
        host.route(half, dev=tunnel)
    plan.words["vpn"], plan.words["vpn6"] = plan.vpn


def serve(plan: Addresses, overlay: bool) -> list[Server]:
    """Both ends of the tunnel; it runs over IPv6, so its own packets do not enter it."""
    both = (("host", ends(overlay)[0], plan.words["stable"], plan.vpn[1]), ("servers", "vpn", plan.vpn[1], plan.words["stable"]))
    return [Server("vpn", where, [sys.executable, "-m", "ringlab.softwire", tun, own, other])
            for where, tun, own, other in both]
