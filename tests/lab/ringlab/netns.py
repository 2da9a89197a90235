"""Network namespaces: what one is to hold is collected first and applied in one go, all of them side by side."""

import itertools
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ringlab.errors import LabError

COMMAND_SECONDS = 60  # far more than any of these commands needs; a busy machine must not fail a household


def run(argv: list[str], where: str | None = None, text: str = "") -> str:
    """Runs a command to its end, in a namespace if `where` names one; returns what it printed."""
    command = (["ip", "netns", "exec", where] if where else []) + argv
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=COMMAND_SECONDS)
    except subprocess.TimeoutExpired:
        raise LabError(f"{' '.join(command)}: not done after {COMMAND_SECONDS} s") from None
    if done.returncode != 0:
        raise LabError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}\ninput was:\n{text}")
    return done.stdout


@dataclass
class Namespace:
    """`ip` holds lines for `ip -batch`, `nft` a ruleset, `sysctl` paths below /proc/sys/net, the second one such as come with a module."""
    name: str
    forwards: bool = False
    ip: list[str] = field(default_factory=list)
    nft: str = ""
    sysctl: dict[str, str] = field(default_factory=dict)
    sysctl_if_there: dict[str, str] = field(default_factory=dict)

    def link(self, interface: str, addresses=(), up: bool = True) -> None:
        for address in addresses:
            nodad = " nodad" if ":" in str(address) else ""
            self.ip.append(f"address add {address} dev {interface}{nodad}")
        if up:
            self.ip.append(f"link set {interface} up")

    def route(self, destination, via=None, dev: str | None = None, more: str = "") -> None:
        self.ip.append(f"route add {destination}" + (f" via {via}" if via else "")
                       + (f" dev {dev}" if dev else "") + (f" {more}" if more else ""))

    def script(self) -> str:
        """One shell per namespace, because a process more costs more than anything that it does here."""
        # No duplicate address detection: nobody else is there, and it takes a second. Links exist already, and
        # `conf/default` does not reach an existing link.
        lines = ["set -e", "cd /proc/sys/net",
                 "for c in ipv6/conf/*; do echo 0 >$c/accept_dad; echo 0 >$c/dad_transmits; echo 0 >$c/router_solicitation_delay; done",
                 "for c in ipv4/conf/*; do echo 0 >$c/rp_filter; done",
                 "echo 0 2147483647 >ipv4/ping_group_range"]
        if self.forwards:
            lines += ["for c in ipv6/conf/*; do echo 0 >$c/accept_ra; done",
                      "echo 1 >ipv4/ip_forward", "echo 1 >ipv6/conf/all/forwarding"]
        lines += [f"echo {value} >{path}" for path, value in self.sysctl.items()]
        lines += [f"[ ! -e {path} ] || echo {value} >{path}" for path, value in self.sysctl_if_there.items()]
        lines += ["ip -batch - <<'END'", "link set lo up", *self.ip, "END"]
        return "\n".join(lines) + "\n"

    def apply(self) -> None:
        run(["sh"], self.name, self.script())

    def filter(self, ruleset: str) -> None:
        if ruleset:
            run(["nft", "-f", "-"], self.name, ruleset)


@dataclass
class Network:
    """All namespaces of a household and the cables between them."""
    namespaces: dict[str, Namespace] = field(default_factory=dict)
    cables: list[tuple[str, str, str, str]] = field(default_factory=list)
    macs: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, name: str, forwards: bool = False) -> Namespace:
        self.namespaces[name] = Namespace(name, forwards)
        return self.namespaces[name]

    def cable(self, a: Namespace, a_interface: str, b: Namespace, b_interface: str) -> None:
        self.cables.append((a.name, a_interface, b.name, b_interface))

    def create(self) -> None:
        lines = [f"netns add {name}" for name in self.namespaces]
        number = itertools.count(10)
        for a, a_interface, b, b_interface in self.cables:
            a_mac, b_mac = (f" address {self.macs[end]}" if end in self.macs else ""
                            for end in ((a, a_interface), (b, b_interface)))
            # Two ends of the same number look to the kernel like one device that is its own lower one, and then it tells IPv6 of a link that
            # came up only at the next full second (net/core/link_watch.c, linkwatch_urgent_event).
            a_index, b_index = next(number), next(number)
            lines.append(f"link add {a_interface}{a_mac} index {a_index} netns {a} type veth "
                         f"peer name {b_interface}{b_mac} index {b_index} netns {b}")
        run(["ip", "-batch", "-"], text="\n".join(lines) + "\n")

    def apply(self) -> None:
        side_by_side([namespace.apply for namespace in self.namespaces.values()])

    def filter(self) -> None:
        side_by_side([lambda n=n: n.filter(n.nft) for n in self.namespaces.values()])


def side_by_side(calls) -> None:
    """Makes all calls at once and raises the first failure, after all of them have ended."""
    with ThreadPoolExecutor(max_workers=8) as pool:
        for future in [pool.submit(call) for call in calls]:
            future.result()
