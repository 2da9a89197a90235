"""What the tests of the fleet have in common: a database of their own, the loader as people call it, small reports."""
import contextlib
import copy
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
from typing import Any

from cluster import FLEET, PATIENCE, Cluster
from reports import ROOT, report_of

running: Cluster  # set by test_fleet.py
CASE = ROOT / "fixtures/diagnosis/lab-interface-without-route"  # the smallest
COLLECTOR, READER = "collector", "reader"  # a member of each role


def small_report(started: str = "2026-03-02T12:00:00.000Z", services: list[tuple] = (), **changes: Any) -> dict[str, Any]:
    """`services`: (service, family, reachable, cause)."""
    evidence, expected = (json.loads((CASE / name).read_text()) for name in ("evidence.json", "expected.json"))
    report = report_of(evidence, expected)
    text = json.dumps(report).replace("<ipv4>", "192.0.2.1").replace("<ipv6>", "2001:db8:0:1").replace("770000001", "800").replace("770000002", "41")
    report = json.loads(text.replace("<started>", started).replace("<number>", "1"))
    report["connection"] |= {"type": "dual-stack", "ipv4": report["connection"]["ipv4"] | {"kind": "nat", "mapped_address": "192.0.2.1"},
                             "ipv6": report["connection"]["ipv6"] | {"kind": "native", "prefix": "2001:db8:0:1::/64"}}
    report["services"] = [{"service": service, "family": family, "reachable": reachable, "confidence": "certain", "cause": cause,
                           "stopped_at": "none" if reachable == "yes" else "router"} for service, family, reachable, cause in services]
    return report | copy.deepcopy(changes)


def in_envelope(household: str, report: dict[str, Any], **more: Any) -> str:
    return json.dumps({"household": household, "report": report} | more) + "\n"


class FleetCase(unittest.TestCase):
    """Each class has a database, each test finds it empty."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.name = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        running.database(cls.name)
        cls.connection = running.connect(cls.name)
        cls.addClassCleanup(cls.connection.close)
        with cls.connection.cursor() as cursor:
            cursor.execute(f"GRANT ringback_load TO {COLLECTOR}; GRANT ringback_read TO {READER}")

    def setUp(self) -> None:
        self.rows("TRUNCATE ringback.report CASCADE")
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def rows(self, query: str, *values: Any, database: str | None = None) -> list[tuple]:
        with contextlib.ExitStack() as stack:
            connection = stack.enter_context(contextlib.closing(running.connect(database))) if database else self.connection
            with connection.cursor() as cursor:
                cursor.execute(query, values or None)
                return cursor.fetchall() if cursor.description else []

    def count(self, table: str) -> int:
        return self.rows(f"SELECT count(*) FROM ringback.{table}")[0][0]

    def command(self, *options: str, database: str | None = None, user: str = COLLECTOR) -> dict[str, Any]:
        """For subprocess."""
        return {"args": [FLEET / "load", *options], "env": running.environment(database or self.name, user), "cwd": self.folder}

    def load(self, lines: str | bytes, *options: str, status: int = 0, **where: str) -> str:
        """What it says on standard error."""
        lines = lines.encode() if isinstance(lines, str) else lines
        done = subprocess.run(**self.command(*options, **where), input=lines, capture_output=True, timeout=PATIENCE)
        said = done.stderr.decode()
        self.assertEqual((done.returncode, done.stdout), (status, b""), said)
        return said
