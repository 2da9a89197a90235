"""Holds a report against [expect] and against what the report format promises of every report.

Each difference is one line: where, what was expected, what stands there.
"""

import dataclasses
import ipaddress
import json
import string

from ringlab.household import Expect, NameExpectation, ServiceExpectation

ACCUSATIONS = ("error", "warning")


def differences(report: dict, exit_status: int, expect: Expect, words: dict[str, str]) -> list[str]:
    expect = dataclasses.replace(expect, says=with_addresses(expect.says, words), advises=with_addresses(expect.advises, words),
                                 because=with_addresses({"": expect.because}, words)[""])
    lines = matches("exit status", exit_status, expect.exit)
    lines += connection(report["connection"], expect, words)
    lines += services(report["services"], expect.services)
    lines += names(report["names"], expect.names) + validated(report["evidence"], expect.names)
    lines += findings(report["findings"], expect)
    lines += observed(report["evidence"], expect, words)
    lines += advice(report["findings"], expect)
    return lines + promises(report)


def with_addresses(texts: dict, words: dict[str, str]) -> dict:
    """"$KNOCKER4" becomes that address, as in commands."""
    known = {word.replace("-", "_").upper(): address for word, address in words.items()}
    return {code: [string.Template(one).safe_substitute(known) for one in as_list(each)] for code, each in texts.items()}


def not_remedied(done: dict | None, expect: Expect) -> list[str]:
    """Was the advice right? What it printed has been carried out, and ringback asked again."""
    if not expect.remedied:
        return []
    if done is None or not done["commands"]:
        return ["remedied: there was no remedy to carry out"]
    carried_out = "; ".join(done["commands"])
    if done["trouble"]:
        return [f"remedied: {carried_out}: {done['trouble']}"]
    again = json.loads(done["again"])
    reachable = {f"{one['service']} {one['family']}": one["reachable"] for one in again["services"]}
    why = "".join(f" ({one['detail']})" for one in again["findings"] if one["code"] == "inbound.host-firewall")
    codes = [one["code"] for one in again["findings"]]
    accusing = [one["code"] for one in again["findings"] if one["severity"] in ACCUSATIONS]
    return [f"remedied: {service}: {show(reachable.get(service))} after {carried_out}{why}"
            for service in expect.remedied if not is_code(service.partition(": ")[0]) and reachable.get(service) != "yes"] + \
           [f"remedied: {one} is still there after {carried_out}" for one in expect.remedied if is_code(one) and one in codes] + \
           [f"remedied: {code} still accuses after {carried_out}" for code, colon, _ in (one.partition(": ") for one in expect.remedied)
            if colon and code in accusing] + \
           [f"remedied: after {carried_out}: {line}" for line in done.get("not_shown", [])]


def is_code(word: str) -> bool:
    """"address.temporary-preferred", and not "443/tcp ipv4"."""
    return " " not in word


def called(finding: dict) -> list[str]:
    """How an expectation may name it: "inbound.host-firewall", or with its family, "inbound.host-firewall ipv6"."""
    return [finding["code"], f"{finding['code']} {(finding.get('subject') or {}).get('family')}"]


def advice(got: list[dict], expect: Expect) -> list[str]:
    def said(code: str) -> list[str]:
        return [text for one in got if code in called(one) for remedy in one["remedies"] for text in remedy["steps"] + remedy["commands"]]

    lines = [f"remedies: {code} does not advise \"{words}\", but: {' / '.join(said(code)) or 'nothing'}"
             for code, each in expect.advises.items() for words in as_list(each) if not any(words in text for text in said(code))]
    for code, each in expect.advises_not.items():
        lines += [] if said(code) else [f"remedies: {code} advises nothing at all"]
        lines += [f"remedies: {code} advises \"{words}\": {text}" for words in as_list(each) for text in said(code) if words in text]
    return lines


def as_list(wanted) -> list:
    return wanted if isinstance(wanted, list) else [wanted]


def matches(place: str, got, wanted) -> list[str]:
    """A list in an expectation holds the acceptable values; "" stands for null."""
    allowed = [None if one == "" else one for one in as_list(wanted)]
    if got in allowed:
        return []
    return [f"{place}: expected {' or '.join(map(show, allowed))}, got {show(got)}"]


def show(value) -> str:
    return "null" if value is None else str(value)


def address_matches(place: str, got: str | None, wanted, words: dict[str, str]) -> list[str]:
    if wanted == "?":
        return []
    allowed = ["" if one == "" else str(ipaddress.ip_address(words.get(one, one))) for one in as_list(wanted)]
    return matches(place, got, allowed)


def connection(got: dict, expect: Expect, words: dict[str, str]) -> list[str]:
    ipv4 = got["ipv4"]
    lines = matches("connection.type", got["type"], expect.type)
    if expect.confidence != "?":
        lines += matches("connection.confidence", got["confidence"], expect.confidence)
    lines += [f"connection.because: no sentence with \"{part}\" in: {' / '.join(got['because'])}"
              for part in expect.because if not any(part in sentence for sentence in got["because"])]
    lines += matches("connection.ipv4.kind", ipv4["kind"], expect.ipv4)
    lines += matches("connection.ipv6.kind", got["ipv6"]["kind"], expect.ipv6)
    lines += address_matches("connection.ipv4.mapped_address", ipv4["mapped_address"], expect.mapped_address, words)
    lines += address_matches("connection.ipv4.wan_address", ipv4["wan_address"], expect.wan_address, words)
    if expect.nat_layers != -1:
        lines += matches("connection.ipv4.nat_layers", ipv4["nat_layers"], expect.nat_layers)
    ipv6 = got["ipv6"]
    lines += address_matches("connection.ipv6.publish", ipv6.get("publish"), expect.publish, words)
    lines += address_matches("connection.ipv6.outgoing", ipv6.get("outgoing"), expect.outgoing, words)
    if expect.publish_kind != "?":
        lines += matches("connection.ipv6.publish_kind", ipv6.get("publish_kind"), expect.publish_kind)
    # What the host really has is known here, so a report may leave an address out, but never call it the other kind.
    for kind, other in (("stable", "temporary"), ("temporary", "stable")):
        if kind in words and words[kind] in got["ipv6"][f"{other}_addresses"]:
            lines.append(f"connection.ipv6.{other}_addresses: {words[kind]} is the host's {kind} address")
    if expect.ipv6 == "native" and words.get("stable") not in got["ipv6"]["stable_addresses"]:
        lines.append(f"connection.ipv6.stable_addresses: expected {words.get('stable')} among them, "
                     f"got {', '.join(got['ipv6']['stable_addresses']) or 'none'}")
    return lines


def services(got: list[dict], wanted: dict[str, ServiceExpectation]) -> list[str]:
    lines = []
    found = {f"{one['service']} {one['family']}": one for one in got}
    if len(found) != len(got):
        lines.append("services: the same service and family twice")
    for key, one in found.items():
        if key not in wanted:
            lines.append(f"services: {key}: not expected at all, got {one['reachable']}")
    for key, expected in wanted.items():
        if key not in found:
            lines += [] if expected.optional else [f"services: {key}: missing"]
            continue
        for part in ("reachable", "stopped_at", "cause"):
            lines += matches(f"services: {key}: {part}", found[key][part], getattr(expected, part))
        if expected.confidence != "?":
            lines += matches(f"services: {key}: confidence", found[key]["confidence"], expected.confidence)
    return lines


def names(got: list[dict], wanted: dict[str, NameExpectation]) -> list[str]:
    found = {one["name"].rstrip("."): one for one in got}
    lines = [f"names: {name}: not expected at all" for name in found if name not in wanted]
    for name, expected in wanted.items():
        if name not in found:
            lines.append(f"names: {name}: missing")
            continue
        lines += matches(f"names: {name}: verdict", found[name]["verdict"], expected.verdict)
        codes = found[name]["findings"]
        lines += [f"names: {name}: findings: {code} missing, got {', '.join(codes) or 'none'}"
                  for code in expected.findings if code not in codes]
        lines += [f"names: {name}: findings: {code} not expected" for code in codes
                  if code not in expected.findings + expected.allowed]
        said = " ".join(found[name].get("updates", []))
        lines += [f"names: {name}: updates: \"{part}\" missing, got \"{said}\"" for part in expected.updates if part not in said]
    return lines


def validated(evidence: dict, wanted: dict[str, NameExpectation]) -> list[str]:
    found = {one["name"].rstrip("."): one.get("dnssec") for one in (evidence.get("dns") or {}).get("names", [])}
    lines = []
    for name, expected in wanted.items():
        if expected.dnssec != "?":
            got = found.get(name) or {}
            lines += matches(f"names: {name}: dnssec", f"{got.get('security')} {got.get('reason')}", expected.dnssec)
    return lines


def observed(evidence: dict, expect: Expect, words: dict[str, str]) -> list[str]:
    lines = []
    for pointer, wanted in ((pointer, wanted) for pointer, wanted in expect.evidence.items() if wanted != []):
        there = at(evidence, pointer)
        allowed = [words.get(one, one) if isinstance(one, str) else one for one in as_list(wanted)]
        lines += [] if there else [f"evidence: {pointer}: nothing there"]
        lines += [line for one in there for line in matches(f"evidence: {pointer}", one, allowed)]
    return lines


def at(document, pointer: str) -> list:
    """What stands there; "key=value,key=value" selects among the items of a list, and "#" counts them."""
    there = [document]
    for token in (one.replace("~1", "/").replace("~0", "~") for one in pointer.split("/")[1:]):
        pairs = [pair.split("=", 1) for pair in token.split(",")] if "=" in token else []
        if pairs:
            there = [item for one in there if isinstance(one, list) for item in one if all(show(item.get(key)) == value for key, value in pairs)]
        elif token == "#":
            there = [len(one) for one in there if isinstance(one, list)]
        elif token.isdigit():
            there = [one[int(token)] for one in there if isinstance(one, list) and int(token) < len(one)]
        else:
            there = [one[token] for one in there if isinstance(one, dict) and token in one]
    return there


def findings(got: list[dict], expect: Expect) -> list[str]:
    """Every accusation that is not expected is a false one; information may be added freely, unless ruled out."""
    codes = [one["code"] for one in got]
    codes += [f"{one['code']} {family}" for one in got if (family := (one.get("subject") or {}).get("family"))]
    lines = [f"findings: {either} missing, got {', '.join(sorted(set(codes))) or 'none'}"
             for either in expect.findings if not set(either.split("|")) & set(codes)]
    for code, each in expect.says.items():
        said = [one["detail"] for one in got if code in called(one)]
        lines += [f"findings: {code} does not say \"{words}\", but: {' / '.join(said) or 'nothing, it is missing'}"
                  for words in as_list(each) if not any(words in detail for detail in said)]
    # What a service or name is expected to suffer from is expected as a finding, too.
    known = {code.split(" ")[0] for either in expect.findings + expect.allowed for code in either.split("|")}
    known |= {code for one in expect.services.values() for code in as_list(one.cause)}
    known |= {code for one in expect.names.values() for code in one.findings + one.allowed}
    for one in got:
        subject = " ".join(str(value) for value in (one.get("subject") or {}).values() if value)
        about = f" about {subject}" if subject else ""
        if {one["code"], f"{one['code']} {(one.get('subject') or {}).get('family')}"} & set(expect.absent):
            lines.append(f"findings: {one['code']}{about} must not be there: {one['title']}")
        elif one["severity"] in ACCUSATIONS and one["code"] not in known:
            lines.append(f"findings: false accusation {one['code']} ({one['severity']}){about}: {one['title']}")
    return lines


def promises(report: dict) -> list[str]:
    """What the contract says of every report, and a JSON Schema cannot."""
    lines = []
    for number, one in enumerate(report["findings"]):
        place = f"findings[{number}] {one['code']}"
        if one["severity"] in ACCUSATIONS and not one["remedies"]:
            lines.append(f"{place}: severity {one['severity']} without a remedy")
        lines += [f"{place}: evidence {pointer} does not resolve" for pointer in one["evidence"]
                  if not resolves(report, pointer)]
    for one in report["services"]:
        place = f"services: {one['service']} {one['family']}"
        if one["reachable"] == "yes" and (one["cause"] is not None or one["stopped_at"] != "none"):
            lines.append(f"{place}: reachable, and yet stopped at {one['stopped_at']} by {show(one['cause'])}")
        if one["reachable"] == "no" and one["stopped_at"] == "none":
            lines.append(f"{place}: not reachable, and yet stopped nowhere")
    return lines


def resolves(document, pointer: str) -> bool:
    """RFC 6901 §4."""
    if pointer == "":
        return True
    if not pointer.startswith("/"):
        return False
    for token in pointer[1:].split("/"):
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and token in document:
            document = document[token]
        elif isinstance(document, list) and token.isdigit() and str(int(token)) == token and int(token) < len(document):
            document = document[int(token)]
        else:
            return False
    return True
