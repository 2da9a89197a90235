"""One line as a report: whose it is, what identifies it, and what of it goes into columns."""
import contextlib
import dataclasses
import datetime
import hashlib
import json
import re
from typing import Any

from .document import Refused, decoded, members, shown
from .lines import Line
from .network import network_of
from .skim import Skim

SCHEMA = "ringback.report/1"
ENVELOPE = ("household", "network", "report")
BLANK = " \t\n\r"
# An envelope as README.md has it, where the report is JSON. @: white space.
USUAL_ENVELOPE = re.compile(r"""
    @\{@ "household"@:@"(?P<household>[^"\\]*)"@,@ (?:"network"@:@"(?P<network>[^"\\]*)"@,@)? "report"@:@(?P<report>\{.*\})@ \}@
    """.replace("@", f"[{BLANK}]*+"), re.VERBOSE | re.DOTALL)
MOST = 500  # services, and findings, of one report


@dataclasses.dataclass(frozen=True, slots=True)
class Source:
    """Whose reports these are. Without a household each line is an envelope that names it."""
    household: str | None = None
    network: str | None = None
    keep_evidence: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    line: Line
    household: str
    started: datetime.datetime
    id: bytes
    network: str | None
    redacted: bool
    version: str
    connection_type: str
    ipv4_kind: str
    ipv6_kind: str
    document: str
    services: list[tuple[str, str, str, str, str | None]]      # service, family, reachable, stopped_at, cause
    findings: list[tuple[str, str, str | None, str | None]]    # code, severity, service, family


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """What a string may be, and how that is said."""
    pattern: re.Pattern[str]
    words: str


WORD = Kind(re.compile(r"(?=.{1,40}$)[a-z0-9]+(-[a-z0-9]+)*"), "a word in small letters")
CODE = Kind(re.compile(r"(?=.{1,80}$)[a-z][a-z0-9]*\.[a-z0-9]+(-[a-z0-9]+)*"), "the code of a finding")
SERVICE = Kind(re.compile(r"([0-9]{1,5}:)?[0-9]{1,5}/(tcp|udp)"), "a service such as 443/tcp")
FAMILY = Kind(re.compile(r"ipv[46]"), "ipv4 or ipv6")
REACHABLE = Kind(re.compile(r"yes|no|unknown"), "yes, no or unknown")
SEVERITY = Kind(re.compile(r"error|warning|info"), "error, warning or info")
VERSION = Kind(re.compile(r"[ -~]{0,100}"), "a version")
STARTED = Kind(re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z"), "a time in UTC such as 2026-01-31T12:00:00.000Z")


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """An object of the report, and the pointer to it."""
    value: dict[str, Any]
    at: str = ""

    def get(self, key: str, kind: type, words: str) -> Any:
        value = self.value.get(key)
        if type(value) is not kind:
            raise Refused(f"{self.at}/{key}: is {shown(value) if key in self.value else 'missing'}, and not {words}")
        return value

    def text(self, key: str, kind: Kind) -> str:
        value = self.get(key, str, kind.words)
        if not kind.pattern.fullmatch(value):
            raise Refused(f"{self.at}/{key}: is {shown(value)}, and not {kind.words}")
        return value

    def text_or_null(self, key: str, kind: Kind) -> str | None:
        return None if self.value.get(key) is None else self.text(key, kind)

    def part(self, key: str) -> "Part":
        return Part(self.get(key, dict, "an object"), f"{self.at}/{key}")

    def parts(self, key: str) -> list["Part"]:
        values = self.get(key, list, "an array")
        if len(values) > MOST:
            raise Refused(f"{self.at}/{key}: has {len(values)} elements, and {MOST} are the most")
        for n, value in enumerate(values):
            if type(value) is not dict:
                raise Refused(f"{self.at}/{key}/{n}: is {shown(value)}, and not an object")
        return [Part(value, f"{self.at}/{key}/{n}") for n, value in enumerate(values)]


def label(value: Any, what: str) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= 200 or not value.isprintable():
        raise Refused(f"its {what} is {shown(value)}, and not 1 to 200 printable characters")
    return value


Told = tuple[str, str | None, dict[str, Any], str]  # household, network, the report and its text


def unwrapped(text: str, source: Source) -> Told:
    """An envelope counts only where nobody else has said whose the lines are: otherwise the writer of a report could put it on another
    household's account."""
    outer = members(text)
    if "report" not in outer:
        if source.household is None:
            raise Refused("does not say whose report it is: it is no envelope, and neither --household nor --by-file-name is given")
        return source.household, source.network, {key: value for key, (value, _) in outer.items()}, text.strip(BLANK)
    if source.household is not None:
        raise Refused("is an envelope, although the household is known already")
    for key in outer:
        if key not in ENVELOPE:
            raise Refused(f"is an envelope with the key {shown(key)}; it may have {', '.join(ENVELOPE)}")
    report, document = outer["report"]
    if not isinstance(report, dict):
        raise Refused(f"/report: is {shown(report)}, and not an object")
    network = outer["network"][0] if "network" in outer else source.network
    return label(outer.get("household", (None,))[0], "household"), None if network is None else label(network, "network"), report, document


def check_schema(report: dict[str, Any]) -> None:
    schema = report.get("schema")
    if schema == SCHEMA:
        return
    if isinstance(schema, str) and schema.startswith("ringback.report/"):
        raise Refused(f"is of schema {shown(schema)}, and this loader knows \"{SCHEMA}\": the loader that came with that ringback reads it")
    raise Refused(f"/schema: is {shown(schema) if 'schema' in report else 'missing'}, and not \"{SCHEMA}\"")


def moment(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"/started: is {shown(text)}: {error}") from None


def identity(*told: Any) -> bytes:
    """128 bits of SHA-256 over what a report tells of its run: white space, order of keys, its sentences and its evidence do not count."""
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).digest()[:16]


def without_evidence(report: dict[str, Any]) -> str:
    """Still a report of its schema: every probe's observations are null, what was asked for stays, and findings point to nothing."""
    evidence = {key: value if key == "request" else None for key, value in report["evidence"].items()}
    findings = [finding | {"evidence": []} for finding in report["findings"]]
    return json.dumps(report | {"findings": findings, "evidence": evidence}, separators=(",", ":"))


def verdicts(whole: Part) -> list[tuple[str, str, str, str, str | None]]:
    rows = [(part.text("service", SERVICE), part.text("family", FAMILY), part.text("reachable", REACHABLE), part.text("stopped_at", WORD),
             part.text_or_null("cause", CODE)) for part in whole.parts("services")]
    if len({row[:2] for row in rows}) < len(rows):
        raise Refused("/services: one service and family has two verdicts")
    return rows


def concluded(whole: Part) -> list[tuple[str, str, str | None, str | None]]:
    result = []
    for part in whole.parts("findings"):
        subject = part.part("subject")
        result.append((part.text("code", CODE), part.text("severity", SEVERITY), subject.text_or_null("service", SERVICE),
                       subject.text_or_null("family", FAMILY)))
    return result


def skimmed(text: str, source: Source, skim: Skim) -> Told | None:
    """The same of a line in which nothing is unusual, without the report's evidence and other members that no column needs."""
    if source.household is not None:
        household, network, document = source.household, source.network, text.strip(BLANK)
    elif (envelope := USUAL_ENVELOPE.fullmatch(text)) is not None:
        household, document = label(envelope["household"], "household"), envelope["report"]
        network = source.network if envelope["network"] is None else label(envelope["network"], "network")
    else:
        return None
    report = skim.report(document)
    return None if report is None else (household, network, report, document)


def read(line: Line, source: Source, skim: Skim) -> Report:
    """Raises Refused where it is none."""
    if line.content is None:
        raise Refused("is too long (--longest), and is not kept")
    try:
        text = decoded(line.content)
        if source.keep_evidence:
            with contextlib.suppress(Refused):  # the reason comes from reading all of it
                if (told := skimmed(text, source, skim)) is not None:
                    return interpreted(line, told, source)
        return interpreted(line, unwrapped(text, source), source)
    except RecursionError:  # of the parser: at about a thousand levels
        raise Refused("is nested too deeply") from None


def interpreted(line: Line, told: Told, source: Source) -> Report:
    household, network, report, document = told
    check_schema(report)
    whole = Part(report)
    connection = whole.part("connection")
    ipv4, ipv6 = connection.part("ipv4"), connection.part("ipv6")
    whole.part("evidence")
    started, version = whole.text("started", STARTED), whole.part("tool").text("version", VERSION)
    redacted = whole.get("redacted", bool, "true or false")
    kinds = connection.text("type", WORD), ipv4.text("kind", WORD), ipv6.text("kind", WORD)
    if network is None and not redacted:  # the addresses of a redacted report are masks, and nobody's
        network = network_of(ipv4.value.get("mapped_address"), kinds[2], ipv6.value.get("prefix"))
    services, findings = verdicts(whole), concluded(whole)
    # How long each probe took is in it: two runs are never the same one.
    id = identity(started, whole.get("duration_ms", int, "a number"), whole.get("probes", list, "an array"), redacted, kinds, services, findings)
    return Report(line, household, moment(started), id, network, redacted, version, *kinds,
                  document if source.keep_evidence else without_evidence(report), services, findings)
