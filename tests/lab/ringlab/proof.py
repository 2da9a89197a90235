"""`scripts/lab --prove`: is a household what its description says? Asked of the network itself, without ringback.

An expectation is worth only as much as the household behind it. So knocks are made by hand from the vantage point, and
counted before any filter of the host: what is to be reachable connects to the host's own socket, what is stopped on the
host arrives at its card, what is stopped before it does not.
"""

import ipaddress
import subprocess
import sys

from ringlab import vpn
from ringlab.dns import is_remembered
from ringlab.expectation import as_list
from ringlab.household import ServiceExpectation
from ringlab.internet import listeners_server
from ringlab.netns import run
from ringlab.provider import native_families
from ringlab.router import hidden, own_records, ports
from ringlab.servers import wait_ready
from ringlab.topology import Built

ECHO_PORT = 8371
ON_THE_HOST = {"none", "host-firewall", "listener", "return-path"}
COUNTED: set[str] = set()  # counters that exist in the host's namespace
BEFORE_THE_HOST = {"provider", "router", "upstream"}


def prove(built: Built) -> list[str]:
    lines = []
    if built.household.access.link == "up" and not built.household.access.portal:
        lines += how_the_host_is_seen(built)
        lines += what_names_say(built)
    for key, expected in built.household.expect.services.items():
        service, family = key.split()
        lines += [f"{key}: {line}" for line in whether_it_arrives(built, service, family, expected)]
    return lines + not_shown(built, built.household.expect.shown)


def not_shown(built: Built, commands: list[str]) -> list[str]:
    """The household's own checks on its host; those that fail."""
    words = "".join(f"{word.replace('-', '_').upper()}={address}\n" for word, address in built.plan.words.items())
    done = [(one, subprocess.run(["ip", "netns", "exec", "host", "sh", "-e"], input=words + one + "\n", capture_output=True, text=True, timeout=60))
            for one in commands]
    return [f"{one}: status {result.returncode}: {(result.stderr or result.stdout).strip()}" for one, result in done if result.returncode != 0]


def knock(where: str, *words: str) -> str:
    return run([sys.executable, "-m", "ringlab.knock", *words], where).strip()


def how_the_host_is_seen(built: Built) -> list[str]:
    """The address that a server on the internet sees, against the words `mapped` and `stable`."""
    plan, words = built.plan, built.plan.words
    servers = [{"protocol": "tcp", "address": one, "port": ECHO_PORT, "flags": ["tells"]} for one in plan.vantage]
    wait_ready([listeners_server("vantage", servers, "teller").start()])
    seen = {}
    if built.host4:
        seen["vpn" if built.household.host.vpn else "mapped"] = knock("host", "ask", plan.vantage[0], str(ECHO_PORT))
    elif built.household.access.provider == "nat64":
        seen["mapped"] = knock("host", "ask", f"64:ff9b::{plan.vantage[0]}", str(ECHO_PORT))
    if "ipv6" in native_families(built.household.access) and built.household.access.ipv6_works and leaves_at_home(built):
        seen["mapped6" if "mapped6" in words else "stable"] = knock("host", "ask", plan.vantage[1], str(ECHO_PORT), words["stable"])
    return [f"the host is seen as {got}, not as {word} ({words.get(word)})"
            for word, got in seen.items() if got not in (words.get(word), words.get("pool") if word == "mapped" else None)]


def leaves_at_home(built: Built) -> bool:
    """What the host sends from its own IPv6 address is not lost in a tunnel; some have lost that address itself."""
    stable = built.plan.words["stable"]
    tunnel = vpn.ends(built.household.host.vpn_is_overlay)[0]
    return stable in run(["ip", "-6", "-o", "address", "show"], "host") and \
        f"dev {tunnel}" not in run(["ip", "-6", "route", "get", built.plan.vantage[1], "from", stable], "host")


def what_names_say(built: Built) -> list[str]:
    """The host's own resolver, up to the lab's root."""
    lines = []
    if built.household.internet.second_nameserver in ("old", "other") or is_remembered(built.household):
        return []  # either answer is right: which server is asked, and what it remembers, is up to the resolver
    if built.household.internet.update_service:
        return []  # updaters change them
    if built.household.internet.home_nameservers == "dead":
        return []  # nobody knows, and resolvers differ in how long they take to say so
    for name, records in built.household.names.items():
        if records.alias or records.names_below:
            continue  # where they lead is another name's matter
        wanted = {built.plan.resolve(word) for word in records.a + records.aaaa}
        if built.household.access.provider == "nat64" and not records.aaaa:
            continue  # DNS64 answers with an address of its own making
        tries = 6 if built.household.access.loses else 1
        answer = run(["dig", "+short", f"+tries={tries}", "+time=2", name, "A", name, "AAAA"], "host")
        got = {line for line in answer.split("\n") if line and not line.startswith(";")}
        if got != (wanted := heard_at_home(built, name, wanted)):
            lines.append(f"{name} resolves to {', '.join(sorted(got)) or 'nothing'}, not {', '.join(sorted(wanted)) or 'nothing'}")
    return lines


def heard_at_home(built: Built, name: str, addresses: set[str]) -> set[str]:
    """What the routers' resolvers make of it: some hide what leads home, some have records of their own."""
    for site in built.sites:
        networks = [ipaddress.ip_network(one) for one in hidden(site)]
        addresses = {one for one in addresses if not any(ipaddress.ip_address(one) in network for network in networks)}
        own = [words[-1] for words in map(str.split, own_records(site, built.plan)) if words[0].rstrip(".") == name and words[-2] in ("A", "AAAA")]
        families = {":" in one for one in own}
        addresses = {one for one in addresses if (":" in one) not in families} | set(own)
    return addresses


def whether_it_arrives(built: Built, service: str, family: str, expected: ServiceExpectation) -> list[str]:
    plan = built.plan
    target = plan.words.get("mapped" if family == "ipv4" else "mapped6" if "mapped6" in plan.words else "stable")
    reachable, stopped = set(as_list(expected.reachable)), set(as_list(expected.stopped_at))
    if not target or len(reachable) != 1 or "unknown" in reachable:
        return []
    outside, inside, protocol = ports(service)
    before = host_counts(family, inside, protocol)
    # Over IPv6 the host itself is asked, unless the router translates that as well.
    port = outside if family == "ipv4" or "mapped6" in plan.words else inside
    answers = [knock(where, protocol, target, port, source) for where, source in knockers(built, family)]
    arrived, opened = (after - one for after, one in zip(host_counts(family, inside, protocol), before))
    # A silent UDP service is reachable all the same; one whose answers are to get lost is one that answers.
    served = opened > 0 and (protocol == "udp" and stopped != {"return-path"} or bool({"connected", "replied"} & set(answers)))
    lines = []
    if served != ("yes" in reachable):
        lines.append(f"a knock got {' and '.join(answers)!r} and the host's socket {'got it' if opened else 'did not get it'}, "
                     f"but it is to be reachable: {', '.join(reachable)}")
    if stopped <= ON_THE_HOST and not arrived:
        lines.append("nothing arrived at the host's card")
    if stopped <= BEFORE_THE_HOST and arrived:
        lines.append(f"{arrived} packets arrived at the host's card")
    return lines


def knockers(built: Built, family: str) -> list[tuple[str, str]]:
    """Where somebody knocks from: whom any of them reaches is reachable."""
    plan, which = built.plan, 0 if family == "ipv4" else 1
    second = built.household.internet.second_vantage in ("up", family)
    return [("vantage", plan.knockers[which])] + ([("servers", plan.second_knockers[which])] if second else [])


def host_counts(family: str, port: str, protocol: str) -> tuple[int, int]:
    """Packets for this port before any filter, and connections (or datagrams) that a socket got, or that were passed on behind every filter."""
    name = f"{family}_{protocol}_{port}"
    version = "ip" if family == "ipv4" else "ip6"
    if name not in COUNTED:
        COUNTED.add(name)
        run(["nft", "-f", "-"], "host", f"""
table {version} proof {{
  counter {name} {{ }}
  counter {name}_on {{ }}
  chain {name}_on {{ type filter hook forward priority 200
    meta l4proto {protocol} ct direction original ct original proto-dst {port} counter name {name}_on
  }}
  chain {name} {{ type filter hook prerouting priority raw - 10
    {protocol} dport {port} counter name {name}
  }}
}}
""")
    packets, passed_on = (counted(version, one) for one in (name, f"{name}_on"))
    snmp = run(["cat", "/proc/net/snmp", "/proc/net/snmp6"], "host").splitlines()
    tcp = [line.split() for line in snmp if line.startswith("Tcp:")]
    udp = [line.split() for line in snmp if line.startswith("Udp:")]
    if protocol == "tcp":
        return packets, passed_on + int(tcp[1][tcp[0].index("PassiveOpens")])
    if family == "ipv4":
        return packets, passed_on + int(udp[1][udp[0].index("InDatagrams")])
    return packets, passed_on + next(int(line.split()[1]) for line in snmp if line.startswith("Udp6InDatagrams"))


def counted(version: str, counter: str) -> int:
    words = run(["nft", "list", "counter", version, "proof", counter], "host").split()
    return int(words[words.index("packets") + 1])
