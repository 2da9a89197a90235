"""Reports as a fleet sends them: the evidence and the verdicts are the lab's recordings (fixtures/diagnosis), the texts are about as long as
the program's. Each household has a line of its own, and a service that is lost and repaired again and again."""
import datetime
import json
import pathlib
import random
import re
from collections.abc import Iterator
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEEK = datetime.timedelta(weeks=1)
FIRST = datetime.datetime(2025, 1, 6, tzinfo=datetime.timezone.utc)
PROBES = ("host", "link", "stun", "web", "router", "path", "dns", "listeners", "filter", "inbound")
# What differs from one report to the next stands in a template as one of these.
PLACES = re.compile(r"(<started>|<ipv4>|<ipv6>|770000001|770000002|<number>)")
LINES = {"dual-stack": 55, "ds-lite": 20, "cgnat-dual-stack": 10, "ipv4-only": 8, "cgnat-ipv4-only": 4, "shared-ports": 2, "ipv6-only-nat64": 1}
LOST, REPAIRED, UNTESTED = 0.04, 0.25, 0.03  # the chance at each report


def address_of(endpoint: str) -> str:
    return endpoint.rpartition(":")[0].strip("[]")


def own_ipv4(evidence: dict[str, Any]) -> str | None:
    for observation in (evidence["stun"] or {}).get("observations", []):
        if observation["mapped"] and not observation["mapped"].startswith("["):
            return address_of(observation["mapped"])
    return None


def own_prefix(evidence: dict[str, Any]) -> str | None:
    """The first four groups of the first global address, as long as nothing in them is shortened."""
    for interface in (evidence["host"] or {}).get("interfaces", []):
        for address in interface["addresses"]:
            if address["address"][0] in "23" and address["prefix_length"] == 64:
                groups = address["address"].split(":")[:4]
                return ":".join(groups) if all(groups) else None
    return None


def finding(code: str, service: dict[str, Any] | None) -> dict[str, Any]:
    subject = {"service": service["service"], "family": service["family"], "name": None} if service else \
              {"service": None, "family": None, "name": None}
    return {
        "code": code, "severity": "error" if service else "warning", "confidence": "certain",
        "title": f"What {code} means, said in one sentence for people",
        "detail": "The knock left the vantage point, and this is how far it came: the internet sees this household's IPv4 as <ipv4>, which its "
                  "own router says of itself too. Nobody further inside saw the knock arrive, although the network card was watched all the time.",
        "subject": subject,
        "evidence": [f"/evidence/{section}" for section in ("request", "host", "stun", "web", "router", "path", "inbound")],
        "remedies": [
            {"title": "Open the way on the home router",
             "steps": ["Open the home router's menu in a browser: http://192.168.178.1",
                       "Look for \"port forwarding\", \"port sharing\", \"virtual server\" or \"NAT\".",
                       "Forward port 443 (TCP), outside and inside the same, to this host (192.168.178.20).",
                       "Give this host a fixed address in the router's DHCP settings, so that the forward keeps pointing at it."],
             "commands": ["sudo nft insert rule inet filter input position 2 tcp dport 443 accept", "sudo nft -a list chain inet filter input"]},
            {"title": "Rent an entrance elsewhere",
             "steps": ["Rent a small server with a public IPv4 address, and connect this host to it with a tunnel (WireGuard or SSH).",
                       "Let that server pass the port on through the tunnel, and point the name's A record at it."],
             "commands": []}],
    }


def report_of(evidence: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    connection, services = expected["connection"], expected["services"]
    ipv6 = connection["ipv6"]["kind"] == "native" and own_prefix(evidence)
    explained = {service["cause"]: service for service in services if service["cause"]}
    return {
        "schema": "ringback.report/1", "tool": {"name": "ringback", "version": "0.1.0"}, "started": "<started>", "duration_ms": 770000001,
        "redacted": False, "redaction": [],
        "connection": {
            "type": connection["type"], "confidence": "certain",
            "ipv4": {"kind": connection["ipv4"]["kind"], "mapped_address": own_ipv4(evidence), "wan_address": None, "nat_layers": 1},
            "ipv6": {"kind": connection["ipv6"]["kind"], "prefix": "<ipv6>::/64" if ipv6 else None,
                     "stable_addresses": ["<ipv6>:dea6:32ff:fe7a:af02"] if ipv6 else [], "temporary_addresses": []},
            "because": ["The internet sees this household's IPv4 as <ipv4> (4 answers).",
                        "Probed from inside, <ipv4> answers at the first hop: the home router owns it.",
                        "The home router says by NAT-PMP that its internet address is <ipv4>.",
                        "The home router says by UPnP that its internet address is <ipv4>.",
                        "The home router has the public IPv4 address itself and is the only translator.",
                        "This host has global IPv6 addresses, and 7 servers outside answered over IPv6."]},
        "services": services,
        "names": [{"name": "home<number>.example.org", "a": [own_ipv4(evidence)] if own_ipv4(evidence) else [], "aaaa": [], "verdict": "right",
                   "findings": [], "because": ["<ipv4>: It is how the internet sees this household."]}],
        "findings": [finding(code, explained.get(code)) for code in expected["findings"]],
        "probes": [{"name": name, "status": "done", "duration_ms": 770000002 if name == "stun" else 41, "reason": None} for name in PROBES],
        "evidence": evidence,
    }


class Template:
    """The text of a report, cut at what differs."""

    def __init__(self, case: pathlib.Path) -> None:
        evidence = json.loads((case / "evidence.json").read_text())
        expected = json.loads((case / "expected.json").read_text())
        self.name = case.name
        self.type = expected["connection"]["type"]
        answers = {service["reachable"] for service in expected["services"] if service["service"] == "443/tcp"}
        self.reachable = "yes" if "yes" in answers else "no" if "no" in answers else "unknown"
        text = json.dumps(report_of(evidence, expected), separators=(",", ":"))
        for own, place in ((own_ipv4(evidence), "<ipv4>"), (own_prefix(evidence), "<ipv6>")):
            text = text.replace(own, place) if own else text
        self.pieces = PLACES.split(text)

    def report(self, started: datetime.datetime, ipv4: str, ipv6: str, number: int) -> str:
        told = {"<started>": started.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "<ipv4>": ipv4, "<ipv6>": ipv6,
                "770000001": str(700 + started.microsecond // 1000), "770000002": str(20 + started.microsecond // 10000), "<number>": str(number)}
        return "".join(told.get(piece, piece) for piece in self.pieces)


def templates() -> list[Template]:
    return [Template(case) for case in sorted((ROOT / "fixtures/diagnosis").iterdir())]


class Household:
    def __init__(self, number: int, all_templates: list[Template], dice: random.Random) -> None:
        self.number, self.name, self.dice = number, f"{number:06d}", dice
        line = dice.choices(list(LINES), list(LINES.values()))[0]
        of_line = [template for template in all_templates if template.type == line]
        untested = [template for template in all_templates if template.reachable == "unknown"]
        self.faces = {state: dice.choice([t for t in of_line if t.reachable == state] or of_line) for state in ("yes", "no")}
        self.faces["unknown"] = dice.choice([t for t in of_line if t.reachable == "unknown"] or untested)
        provider = dice.randrange(60)
        self.ipv4 = f"{80 + provider}.{provider}.{number // 250 % 250}.{number % 250 + 1}"
        self.ipv6 = f"2a{provider:02x}:{0x100 + provider:x}:{number + 1:x}:1"
        self.offset = datetime.timedelta(milliseconds=dice.randrange(7 * 24 * 3600 * 1000))
        self.state = dice.choice(("yes", "yes", "yes", "no"))

    def report(self, week: int) -> str:
        if self.dice.random() < (LOST if self.state == "yes" else REPAIRED):
            self.state = "no" if self.state == "yes" else "yes"
        face = self.faces["unknown" if self.dice.random() < UNTESTED else self.state]
        started = FIRST + week * WEEK + self.offset + datetime.timedelta(milliseconds=self.dice.randrange(60_000))
        return face.report(started, self.ipv4, self.ipv6, self.number)


def fleet(households: int, weeks: int, seed: int = 1) -> Iterator[tuple[str, str]]:
    """(household, report), week by week as they come in."""
    dice = random.Random(seed)
    all_templates = templates()
    everybody = [Household(number, all_templates, dice) for number in range(households)]
    for week in range(weeks):
        for household in everybody:
            yield household.name, household.report(week)


def envelope(household: str, report: str) -> str:
    return f'{{"household":{json.dumps(household)},"report":{report}}}\n'
