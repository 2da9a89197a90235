"""The host whose reachability is in question: its link, its addresses (real SLAAC), its services, its own filter."""

import re
from dataclasses import dataclass
from pathlib import Path

from ringlab.addresses import Addresses, with_identifier
from ringlab.errors import HouseholdError
from ringlab.household import Host, Listener
from ringlab.isolation import RUN
from ringlab.netns import Namespace, run
from ringlab.servers import wait_until

IFA_F_TEMPORARY, IFA_F_TENTATIVE = 0x01, 0x40


def prepare_ipv6(host: Namespace, description: Host, plan: Addresses) -> None:
    conf = "ipv6/conf/eth0"
    host.sysctl[f"{conf}/disable_ipv6"] = "1"  # until solicit()
    host.sysctl[f"{conf}/accept_ra"] = "1"
    # The first solicitation leaves at once instead of within the second that RFC 4861 §6.3.7 grants.
    host.sysctl[f"{conf}/router_solicitation_delay"] = "0"
    if description.stable_address == "stable-privacy":
        host.sysctl[f"{conf}/stable_secret"] = plan.secret  # switches addr_gen_mode to RFC 7217 by itself
    if description.stable_address == "token":
        host.ip.append("token set ::42 dev eth0")
    if description.stable_address == "by-hand":
        host.sysctl[f"{conf}/accept_ra_pinfo"] = "0"
    if description.temporary_addresses:
        host.sysctl[f"{conf}/use_tempaddr"] = "2"
        host.sysctl["ipv6/conf/default/use_tempaddr"] = "2"


@dataclass
class Slaac:
    """Reads the host's addresses from a process that lives in its namespace, which costs no process for each look."""
    process_id: int
    prefix: str  # the first 64 bits, as /proc shows them: 16 hexadecimal digits
    wants_temporary: bool
    stable: str = ""
    temporary: str = ""

    def complete(self) -> bool:
        try:
            lines = Path(f"/proc/{self.process_id}/net/if_inet6").read_text().splitlines()
        except OSError:
            return False
        for address, _, _, _, flags, interface in map(str.split, lines):
            if interface != "eth0" or not address.startswith(self.prefix) or int(flags, 16) & IFA_F_TENTATIVE:
                continue
            groups = ":".join(address[at:at + 4] for at in range(0, 32, 4))
            if int(flags, 16) & IFA_F_TEMPORARY:
                self.temporary = groups
            else:
                self.stable = groups
        return bool(self.stable) and bool(self.temporary or not self.wants_temporary)


def configure_itself(process_id: int, prefix: str, description: Host) -> Slaac:
    """Waits for the addresses that follow from the router's advertisement."""
    digits = "".join(f"{int(group, 16):04x}" for group in prefix.rstrip(":").split(":")).ljust(16, "0")
    slaac = Slaac(process_id, digits, description.temporary_addresses)
    solicit()
    if description.stable_address == "by-hand":
        add_address(prefix, "::443")
        wait_until(lambda: run(["ip", "-6", "route", "show", "default"], "host"), "a default route from a router advertisement")
    if description.stable_address == "dhcpv6":
        ask_dhcpv6()
    wait_until(slaac.complete, f"the host to get its addresses in {prefix}/64 from a router advertisement")
    return slaac


def add_address(prefix: str, identifier: str) -> str:
    """`prefix` as in "2a01:1:2:3::"; returns the address."""
    address = with_identifier(prefix, identifier)
    run(["ip", "address", "add", f"{address}/64", "dev", "eth0", "nodad"], "host")
    return address


def obey(commands: list[str], words: dict[str, str], where: str = "host") -> None:
    """The household's own commands, on its host, on a router or at the provider."""
    if commands:
        known = "".join(f"{word.replace('-', '_').upper()}={address}\n" for word, address in words.items())
        run(["sh", "-e"], where, known + "\n".join(commands) + "\n")


def fill_in(files: dict[str, str], words: dict[str, str]) -> None:
    """The household's own files are there from the beginning (isolation.py); by now the addresses are known that stand in some of them."""
    known = {word.replace("-", "_").upper(): address for word, address in words.items()}
    for path, text in files.items():
        filled = re.sub(r"\$([A-Z0-9_]+)\b", lambda found: known.get(found[1], found[0]), text)
        if filled != text:
            Path(path).write_text(filled)


def listening(listeners: list[Listener], plan: Addresses) -> list[dict]:
    sockets = []
    for one in listeners:
        port, _, protocol = one.service.partition("/")
        if not port.isdigit() or protocol not in ("tcp", "udp"):
            raise HouseholdError(f"host: listeners: service: {one.service!r} is not PORT/tcp or PORT/udp")
        address = plan.resolve(one.bind) if one.bind else "::"
        flags = [name for name, wanted in (("v6only", one.v6only), ("answers", one.answers), ("resets", one.resets), ("sends", one.sends)) if wanted]
        sockets.append({"protocol": protocol, "address": address, "port": int(port), "flags": flags})
    return sockets


def ask_dhcpv6() -> None:
    """With a real client, which listens to the router itself and leaves the kernel nothing to do."""
    config = RUN / "dhcpcd.conf"
    config.write_text("ipv6only\nia_na\nnohook resolv.conf, hostname\n")
    run(["sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_ra"], "host")
    run(["dhcpcd", "-b", "-q", "-f", str(config), "eth0"], "host")


def solicit() -> None:
    """The first router solicitation leaves now, and the next one only after 4 s: somebody has to listen already."""
    run(["sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6"], "host")
