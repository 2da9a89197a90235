"""Reports come from strangers: whatever a line holds, the others are loaded, and it is named."""
import json
import random
import stat
import sys
import unittest

import reports
from cluster import FLEET
from support import FleetCase, in_envelope, small_report

sys.path.append(str(FLEET))
from loader.document import Refused  # noqa: E402
from loader.lines import Line  # noqa: E402
from loader.report import Report, Source, read  # noqa: E402
from loader.skim import Skim  # noqa: E402

GOOD = in_envelope("good", small_report()).encode()
EVIL = "\\.\t\\N,\"'); DROP TABLE ringback.report; --\r\n\x01 $$ %s {} \u2028 \U0001f600 ü"


def changed(path: str, value: object) -> bytes:
    """A good line but for one value; the path is a pointer."""
    report = small_report(services=[("443/tcp", "ipv4", "no", "inbound.no-port-forward")])
    *parents, last = path.split("/")[1:]
    place = report
    for key in parents:
        place = place[int(key) if isinstance(place, list) else key]
    place[int(last) if isinstance(place, list) else last] = value
    return in_envelope("1", report).encode()


def spelled(json_text: str) -> bytes:
    """A good line with this text as a value of its evidence."""
    report = small_report()
    report["evidence"]["extra"] = "<here>"
    return in_envelope("1", report).replace('"<here>"', json_text).encode()


class PutAside(FleetCase):
    CASES = {
        b"{": "ends in the middle: a report takes one line",
        GOOD[:-40] + b"\n": "is not JSON: ",
        b"[]": "is not JSON: expected { (character 1)",
        b"null": "is not JSON: expected { (character 1)",
        b'{"household": "1" "report": {}}': "is not JSON: expected , or } (character 19)",
        GOOD.strip() + GOOD: "has something after its end",
        GOOD.strip()[:-1] + b"\0}}": "is not JSON: expected , or }",
        b'{"household": "1", "report": []}': "/report: is an array, and not an object",
        b'{"household": "1", "report": {}, "received": 1}': 'is an envelope with the key "received"; it may have household, network, report',
        b'{"household": "1", "household": "2", "report": {}}': 'has the key "household" twice',
        b'{"report": {}}': "its household is null, and not 1 to 200 printable characters",
        b'{"household": 4711, "report": {}}': "its household is 4711, and not 1 to 200 printable characters",
        b'{"household": "a\\u001bb", "report": {}}': 'its household is "a\\u001bb", and not 1 to 200 printable characters',
        in_envelope("x" * 201, small_report()).encode(): 'its household is "xxx',
        b'{"household": "1", "network": [], "report": {}}': "its network is an array, and not 1 to 200 printable characters",
        b"\xff" + GOOD: "is not UTF-8 (byte 1)",
        GOOD.replace(b"good", b"go\x80d"): "is not UTF-8 (byte 18)",
        spelled('"\x00"'): "is not JSON: Invalid control character",
        spelled('"\\ud800"'): "has half a surrogate pair",
        spelled('"\\udc00\\ud800"'): "has half a surrogate pair",
        spelled("NaN"): "is not JSON: NaN is no number there",
        spelled("-Infinity"): "is not JSON: -Infinity is no number there",
        spelled("1e999"): "has a number that not every reader can hold",
        spelled("0e-99999"): "has a number that not every reader can hold",
        spelled("1e-99999"): "has a number that not every reader can hold",
        spelled("9" * 5000): "has an integer of thousands of digits",
        spelled("[" * 2000 + "]" * 2000): "is nested too deeply",
        spelled('{"a":' * 100_000 + "1" + "}" * 100_000): "is nested too deeply",
        changed("/probes", json.loads("[" * 900 + "]" * 900)): None,
        changed("/schema", "ringback.report/2"): 'is of schema "ringback.report/2", and this loader knows "ringback.report/1"',
        changed("/schema", "ringback.wait/1"): '/schema: is "ringback.wait/1", and not "ringback.report/1"',
        changed("/schema", None): '/schema: is null, and not "ringback.report/1"',
        changed("/started", "yesterday"): '/started: is "yesterday", and not a time in UTC such as 2026-01-31T12:00:00.000Z',
        changed("/started", "2026-02-30T12:00:00.000Z"): '/started: is "2026-02-30T12:00:00.000Z": day is out of range for month',
        changed("/redacted", "no"): '/redacted: is "no", and not true or false',
        changed("/duration_ms", 1.5): "/duration_ms: is 1.5, and not a number",
        changed("/evidence", None): "/evidence: is null, and not an object",
        changed("/connection/type", EVIL): "/connection/type: is \"\\\\.\\t",
        changed("/connection/ipv4/mapped_address", "192.0.2.999"): None,  # the network comes from the IPv6 prefix
        changed("/connection/ipv6/prefix", "localhost/64"): '/connection/ipv6/prefix: is "localhost", and not an address',
        changed("/connection/ipv6/prefix", "2001:db8::\x00/64"): '/connection/ipv6/prefix: is "2001:db8::\\ufffd", and not an address',
        changed("/services", [{}] * 501): "/services: has 501 elements, and 500 are the most",
        changed("/services/0", 1): "/services/0: is 1, and not an object",
        changed("/services/0/reachable", "maybe"): '/services/0/reachable: is "maybe", and not yes, no or unknown',
        changed("/services/0/cause", 7): "/services/0/cause: is 7, and not the code of a finding",
        changed("/services/0/service", "443/tcp; --"): '/services/0/service: is "443/tcp; --", and not a service such as 443/tcp',
        in_envelope("1", small_report(services=[("443/tcp", "ipv4", answer, None) for answer in ("yes", "no")])).encode():
            "/services: one service and family has two verdicts",
    }

    def test_each_is_named_and_the_others_are_loaded(self) -> None:
        lines = [GOOD]
        for line in self.CASES:
            lines += [line.rstrip(b"\n") + b"\n", GOOD]
        said = self.load(b"".join(lines), status=1).splitlines()
        wanted = [f"standard input:{2 * n + 2}: {reason}" for n, reason in enumerate(self.CASES.values()) if reason]
        for line, beginning in zip(said, wanted):
            self.assertEqual(line[:len(beginning)], beginning)
            self.assertTrue(line.isascii() and line.isprintable() and len(line) < 300, line)
        fine = len(self.CASES) - len(wanted)
        self.assertEqual(said[len(wanted):], [f"{1 + fine} loaded, {len(self.CASES)} were there already, {len(wanted)} put aside in rejected.ndjson"])
        kept = self.folder / "rejected.ndjson"
        self.assertEqual(kept.read_bytes(), b"".join(line.rstrip(b"\n") + b"\n" for line, reason in self.CASES.items() if reason))
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)

    def test_a_line_that_is_too_long(self) -> None:
        said = self.load(GOOD + b'"' + b"x" * 100_000 + b"\n" + GOOD + b"y" * 100_000, "--longest", "20000", status=1)
        self.assertEqual(said.splitlines(), ["standard input:2: is too long (--longest), and is not kept",
                                             "standard input:4: is too long (--longest), and is not kept",
                                             "1 loaded, 1 were there already, 2 put aside"])

    def test_what_cannot_be_put_aside_is_not_passed_over(self) -> None:
        said = self.load(b"{}", "--rejected", "missing/rejected.ndjson", status=73)
        self.assertIn("load: missing/rejected.ndjson: No such file or directory", said)

    def test_a_file_that_cannot_be_read(self) -> None:
        (self.folder / "good").write_bytes(GOOD)
        said = self.load("", "missing", "good", status=1)
        self.assertEqual(said.splitlines(), ["missing: No such file or directory", "1 loaded, 0 were there already"])


class Stored(FleetCase):
    def test_a_value_is_nothing_but_a_value(self) -> None:
        report = small_report(services=[("443/tcp", "ipv4", "yes", None)], extra=EVIL)
        self.load(json.dumps(report) + "\n" + json.dumps(report | {"duration_ms": 1}, ensure_ascii=False), "--household", "'; DROP TABLE %s {} \\N ü")
        self.assertEqual(self.rows("SELECT r.household, d.document::json->>'extra' FROM ringback.report r JOIN ringback.document d USING (household)"),
                         [("'; DROP TABLE %s {} \\N ü", EVIL)] * 4)

    def test_nul_is_replaced(self) -> None:
        self.load(in_envelope("1", small_report(extra="a\x00b\\u0000c", another="\\\x00")))
        self.assertEqual(self.rows("SELECT document::jsonb->>'extra', document::jsonb->>'another' FROM ringback.document"), [("a\ufffdb\\u0000c", "\\\ufffd")])

    def test_every_document_is_jsonb_as_well(self) -> None:
        extremes = ["1e308", "-1.7976931348623157e+308", "5e-324", "9" * 4000, "0.0", '"\\ud83d\\ude00"', '"\\u0000"', "[" * 900 + "]" * 900]
        self.load(b"".join(spelled(text).replace(b'"duration_ms": 800', b'"duration_ms": %d' % n) for n, text in enumerate(extremes)))
        self.assertEqual(self.rows("SELECT count(document::jsonb->'evidence'->'extra') FROM ringback.document"), [(len(extremes),)])


class ReadInFull(Skim):
    def report(self, text: str) -> None:
        return None


def told(line: bytes, skim: Skim) -> Report | str:
    try:
        return read(Line("file", 1, line), Source(), skim)
    except Refused as refusal:
        return str(refusal)


class Skimmed(unittest.TestCase):
    """Whoever writes a line shall not notice that most are not read in full."""

    def test_reports_are(self) -> None:
        fleet = list(reports.fleet(households=40, weeks=1))
        # In a name or an address may be what looks like a huge number: such a report is read in full.
        skimmed = [report for _, report in fleet if Skim().report(report) is not None]
        self.assertGreater(len(skimmed), 0.8 * len(fleet))
        for household, report in fleet:
            line = reports.envelope(household, report).encode()
            self.assertEqual(told(line, Skim()), told(line, ReadInFull()))

    def test_whatever_is_in_a_line(self) -> None:
        evidence = {"request": {"numbers": [0, -1.5, 1e3], "words": ["ü\\\"\b", None, True]}}
        good = in_envelope("1", small_report(services=[("443/tcp", "ipv4", "yes", None)], evidence=evidence)).encode()
        pieces = ["\"", "\\", "\\u", "\\u0000", "\\ud83d", "{", "}", "[", "]", ",", ":", "'", "//", "\0", "\t", "\r", "\f", "\u00a0",
                  "e", "E5", "1e999", "-", "+", ".", "9" * 5000, "NaN", "Infinity", "true", "\"report\":", "\"evidence\":{},"]
        dice, accepted, skim = random.Random(1), 0, Skim()
        for _ in range(4000):
            at = dice.randrange(len(good))
            line = good[:at] + dice.choice(pieces).encode() * dice.randrange(2) + good[at + dice.randrange(3):]
            here = told(line, skim)
            self.assertEqual(here, told(line, ReadInFull()), line)
            accepted += isinstance(here, Report)
        self.assertTrue(1000 < accepted < 3000, accepted)
