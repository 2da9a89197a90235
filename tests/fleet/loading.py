"""Whose a report is, what of it is kept, and that it is there once, whoever loads it how often."""
import contextlib
import json
import os
import pathlib
import select
import signal
import subprocess
import time
from collections.abc import Callable

from jsonschema import Draft202012Validator, FormatChecker

import reports
from cluster import PATIENCE
from support import ROOT, FleetCase, in_envelope, running, small_report

SCHEMA = Draft202012Validator(json.loads((ROOT / "report/schema.json").read_text()), format_checker=FormatChecker())
TABLES = ("report", "document", "service", "finding")


def many(number: int) -> list[str]:
    return [in_envelope(f"{n % 7}", small_report(f"2026-03-02T12:00:{n:02}.000Z", [("443/tcp", "ipv4", "yes", None)])) for n in range(number)]


class Household(FleetCase):
    def test_an_envelope_names_it(self) -> None:
        self.load(in_envelope("4711", small_report()) + in_envelope("4712", small_report(), network="north"))
        self.assertEqual(self.rows("SELECT household, network FROM ringback.report ORDER BY 1"),
                         [("4711", "2001:db8::/32"), ("4712", "north")])

    def test_or_an_option_does(self) -> None:
        self.load(json.dumps(small_report()), "--household", "4711", "--network", "north")
        self.assertEqual(self.rows("SELECT household, network FROM ringback.report"), [("4711", "north")])

    def test_or_the_name_of_the_file(self) -> None:
        for name in ("4711.ndjson", "home.example.org.ndjson"):
            (self.folder / name).write_text(json.dumps(small_report()))
        self.load("", "--by-file-name", "4711.ndjson", "home.example.org.ndjson")
        self.assertEqual(self.rows("SELECT household FROM ringback.report ORDER BY 1"), [("4711",), ("home.example.org",)])

    def test_who_wrote_the_report_cannot_choose_it(self) -> None:
        lines = in_envelope("somebody else", small_report()) + json.dumps(small_report(report={}))
        said = self.load(lines, "--household", "4711", status=1)
        for line in (1, 2):
            self.assertIn(f"standard input:{line}: is an envelope, although the household is known already", said)
        self.assertEqual(self.count("report"), 0)

    def test_without_one_nothing_is_loaded(self) -> None:
        self.assertIn("does not say whose report it is", self.load(json.dumps(small_report()), status=1))

    def test_wrong_usage(self) -> None:
        for options in (["--by-file-name"], ["--by-file-name", "--household", "1"], ["--household", ""], ["--batch", "0"], ["--unheard-of"], ["rejected.ndjson"],
                        ["new", "--rejected", "./new"]):
            with self.subTest(options=options):
                self.load("", *options, status=64)


class Network(FleetCase):
    CASES = [  # ipv4.mapped_address, ipv6.kind, ipv6.prefix, redacted → network
        ("192.0.2.1", "native", "2001:db8:1:2::/64", False, "2001:db8::/32"),
        ("192.0.2.1", "none", None, False, "192.0.0.0/16"),
        ("192.0.2.1", "local-only", "fd00:1:2:3::/64", False, "192.0.0.0/16"),
        ("192.0.2.1", "native", "fd00:1:2:3::/64", False, "192.0.0.0/16"),
        (None, "broken", "2001:db8:1:2::/64", False, None),
        ("11.0.0.1", "native", "3000::/64", True, None),
    ]

    def test_comes_from_the_address_unless_that_is_a_mask(self) -> None:
        lines = ""
        for n, (mapped, kind, prefix, redacted, _) in enumerate(self.CASES):
            report = small_report(redacted=redacted)
            report["connection"]["ipv4"]["mapped_address"] = mapped
            report["connection"]["ipv6"] |= {"kind": kind, "prefix": prefix}
            lines += in_envelope(str(n), report)
        self.load(lines)
        self.assertEqual(self.rows("SELECT network, redacted FROM ringback.report ORDER BY household"),
                         [(network, redacted) for *_, redacted, network in self.CASES])


class Kept(FleetCase):
    def test_what_goes_into_columns(self) -> None:
        self.load(in_envelope("1", small_report(services=[("443/tcp", "ipv4", "no", "inbound.no-port-forward"), ("443/tcp", "ipv6", "yes", None)])))
        self.assertEqual(self.rows("SELECT started::text, version, connection_type, ipv4_kind, ipv6_kind FROM ringback.report"),
                         [("2026-03-02 12:00:00+00", "0.1.0", "dual-stack", "nat", "native")])
        self.assertEqual(self.rows("SELECT service, family, reachable, stopped_at, cause FROM ringback.service ORDER BY family"),
                         [("443/tcp", "ipv4", "no", "router", "inbound.no-port-forward"), ("443/tcp", "ipv6", "yes", "none", None)])

    def test_the_document_is_as_it_was_written(self) -> None:
        written = json.dumps(small_report(), indent=None, separators=(" , ", " : "))
        self.load(f' {{ "report" :{written}, "household":"1"}} \n\n')
        self.assertEqual(self.rows("SELECT document FROM ringback.document"), [(written,)])

    def test_without_evidence_it_is_still_a_report(self) -> None:
        self.load(in_envelope("1", small_report()), "--without-evidence")
        (document, size), = self.rows("SELECT document::json, length(document) FROM ringback.document")
        self.assertEqual([error.message for error in SCHEMA.iter_errors(document)], [])
        self.assertLess(size, len(json.dumps(small_report())) / 2)

    def test_generated_reports_are_reports(self) -> None:
        made = [report for _, report in reports.fleet(households=40, weeks=1)]
        self.load("".join(reports.envelope(str(n), report) for n, report in enumerate(made)))
        self.assertEqual([error.message for report in made for error in SCHEMA.iter_errors(json.loads(report))], [])
        self.assertEqual([error.message for error in SCHEMA.iter_errors(small_report(services=[("443/tcp", "ipv4", "yes", None)]))], [])


class Once(FleetCase):
    def test_the_same_report_twice_is_one_row(self) -> None:
        report = small_report(services=[("443/tcp", "ipv4", "yes", None)], findings=[])
        turned = dict(reversed(report.items())) | {"connection": dict(reversed(report["connection"].items()))}
        spelled = json.dumps(turned, indent=1).replace("\n", " ").replace("dual", "\\u0064ual")
        line = in_envelope("1", report)
        self.assertIn("1 loaded, 1 were there already", self.load(line + line))
        self.assertIn("0 loaded, 3 were there already", self.load(line + in_envelope("1", turned) + f'{{"household":"1","report":{spelled}}}'))
        self.assertIn("0 loaded, 1 were there already", self.load(line, "--without-evidence"))
        self.assertEqual([self.count(table) for table in TABLES], [1, 1, 1, 0])

    def test_different_reports_are_different_rows(self) -> None:
        report = small_report()
        others = [report | {"duration_ms": 801}, report | {"redacted": True}]
        self.load("".join(in_envelope("1", each) for each in [report, *others]) + in_envelope("2", report))
        self.assertEqual(self.count("report"), 4)

    def test_several_loaders_at_once(self) -> None:
        lines = many(60)
        orders = [lines, lines[::-1], lines[30:] + lines[:30]]
        loaders = [subprocess.Popen(**self.command("--batch", "100000"), stdin=subprocess.PIPE, stderr=subprocess.PIPE) for _ in orders]
        for loader, order in zip(loaders, orders):
            loader.stdin.write("".join(order).encode())
            loader.stdin.close()
        said = []
        for loader in loaders:
            with loader:
                said.append(loader.stderr.read().decode())
        self.assertEqual([loader.returncode for loader in loaders], [0, 0, 0], said)
        self.assertEqual([self.count(table) for table in TABLES], [60, 60, 60, self.count("finding")])
        self.assertEqual(sum(int(line.split()[0]) for line in said), 60)


def workers_of(loader: subprocess.Popen) -> list[int]:
    return [int(pid) for pid in pathlib.Path(f"/proc/{loader.pid}/task/{loader.pid}/children").read_text().split()]


class HalfWay(FleetCase):
    """While somebody else holds a table, the loader stands in the middle of a batch for as long as the test wants."""

    def test_a_killed_loader_leaves_nothing_by_half(self) -> None:
        self.assertEqual(self.interrupted(lambda loader: loader.kill(), cut=False), -signal.SIGKILL)

    def test_nor_does_an_interrupted_one(self) -> None:
        self.assertEqual(self.interrupted(lambda loader: loader.send_signal(signal.SIGINT)), 130)

    def test_nor_does_one_whose_process_is_killed(self) -> None:
        self.assertEqual(self.interrupted(lambda loader: os.kill(workers_of(loader)[0], signal.SIGKILL)), 70)

    def test_nor_does_one_whose_connection_is_cut(self) -> None:
        self.assertEqual(self.interrupted(lambda _: self.cut_connections()), 69)

    def cut_connections(self) -> None:
        self.rows("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'ringback-fleet'")

    def interrupted(self, interrupt: Callable[[subprocess.Popen], None], cut: bool = True) -> int:
        """The loader's exit status. Before and after, every table says the same. `cut`: sessions that wait for the table are ended, as the
        loader may wait for them."""
        lines = many(40)
        self.load("".join(lines[:10]))
        with contextlib.closing(running.connect(self.name)) as holder, holder.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE ringback.service IN EXCLUSIVE MODE")
            with subprocess.Popen(**self.command("--batch", "100000"), stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as loader:
                loader.stdin.write("".join(lines).encode())
                loader.stdin.close()
                self.wait_for_waiting_loader()
                workers = [os.pidfd_open(worker) for worker in workers_of(loader)]
                interrupt(loader)
                for process in workers:
                    self.assertTrue(any(self.ends(process, cut) for _ in range(PATIENCE)), "it runs on")
                    os.close(process)
        self.assertEqual([self.count(table) for table in TABLES[:3]], [10, 10, 10])
        self.assertIn("30 loaded, 10 were there already", self.load("".join(lines)))
        self.assertEqual([self.count(table) for table in TABLES[:3]], [40, 40, 40])
        return loader.returncode

    def ends(self, process: int, cut: bool) -> bool:
        if cut:
            self.cut_connections()
        return bool(select.select([process], [], [], 1)[0])

    def wait_for_waiting_loader(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self.rows("SELECT pid FROM pg_locks WHERE relation = 'ringback.service'::regclass AND NOT granted"):
            self.assertLess(time.monotonic(), end, "no loader waits for the table")

    def test_a_database_that_is_not_there(self) -> None:
        said = self.load(in_envelope("1", small_report()), database="no_such_database", status=69)
        self.assertIn('load: the database: ', said)


class Refused(FleetCase):
    def test_what_the_database_refuses_is_found_and_the_rest_is_loaded(self) -> None:
        """An administrator may demand more than the loader knows of."""
        self.rows("ALTER TABLE ringback.report ADD CONSTRAINT ours CHECK (household <> '3')")
        said = self.load("".join(many(20)), status=1)
        for number in (4, 11, 18):
            self.assertIn(f"standard input:{number}: the database refuses it: ", said)
        self.assertIn("17 loaded, 0 were there already, 3 put aside in rejected.ndjson", said)
        self.assertEqual((self.folder / "rejected.ndjson").read_text(), "".join(many(20)[3::7]))
