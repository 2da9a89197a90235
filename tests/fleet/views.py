"""What the views say of histories that are small enough to be told by hand."""
import datetime
import zlib

from support import FleetCase, in_envelope, running, small_report

FIRST = datetime.datetime(2026, 3, 2, 12)
ANSWERS = {"y": "yes", "n": "no", "?": "unknown"}
CAUSE = "inbound.no-port-forward"


def day(number: int) -> datetime.datetime:
    return FIRST + datetime.timedelta(days=number)


def at(moment: datetime.datetime) -> str:
    return moment.isoformat(timespec="milliseconds") + "Z"


def history(household: str, answers: str, family: str = "ipv4", **envelope: str) -> str:
    """A report each day, whose 443/tcp is reachable as the letter says; a space is a day without one."""
    return "".join(in_envelope(household, small_report(at(day(n)), [("443/tcp", family, ANSWERS[answer], CAUSE if answer == "n" else None)]), **envelope)
                   for n, answer in enumerate(answers) if answer != " ")


class Reachability(FleetCase):
    CASES = {  # answers → outages: (last reached, lost, repaired)
        "y": [], "n": [], "?": [], "nnn": [], "ny": [], "n?n": [],
        "yn": [(0, 1, None)],
        "ynn?": [(0, 1, None)],
        "yny": [(0, 1, 2)],
        "ynny": [(0, 1, 3)],
        "y?": [], "y?y": [],            # unknown is no loss
        "y?n": [(0, 2, None)],
        "yn?y": [(0, 1, 3)],            # and no repair
        "yn?n?y": [(0, 1, 5)],
        "ny n y": [(1, 3, 5)],
        "ynyyn": [(0, 1, 2), (3, 4, None)],
    }

    def test_outages(self) -> None:
        self.load("".join(history(answers, answers) for answers in self.CASES))
        for answers, outages in self.CASES.items():
            with self.subTest(answers):
                found = self.rows("SELECT last_reached::timestamp, lost::timestamp, repaired::timestamp FROM ringback.outage WHERE household = %s ORDER BY lost", answers)
                self.assertEqual(found, [tuple(n if n is None else day(n) for n in outage) for outage in outages])
        self.assertEqual([household for household, in self.rows("SELECT household FROM ringback.lost_reachability ORDER BY 1")],
                         sorted(answers for answers, outages in self.CASES.items() if outages and outages[-1][2] is None))

    def test_the_order_of_loading_does_not_count(self) -> None:
        self.load("".join(reversed(history("1", "yn?ny").splitlines(keepends=True))), "--batch", "1")
        self.assertEqual(self.rows("SELECT lost::timestamp, repaired::timestamp FROM ringback.outage"), [(day(1), day(4))])

    def test_each_service_and_family_by_itself(self) -> None:
        self.load("".join(in_envelope("1", small_report(at(day(n)), [("443/tcp", "ipv4", four, None), ("443/tcp", "ipv6", six, None), ("22/tcp", "ipv4", "no", None)]))
                          for n, (four, six) in enumerate([("yes", "yes"), ("no", "yes"), ("no", "yes")])))
        self.assertEqual(self.rows("SELECT service, family, stopped_at, cause, network FROM ringback.lost_reachability"),
                         [("443/tcp", "ipv4", "router", None, "2001:db8::/32")])

    def test_time_to_repair(self) -> None:
        self.load(history("1", "yny") + history("2", "ynnny") + history("3", "yn"))
        days = [datetime.timedelta(days=n) for n in (1, 2, 3)]
        self.assertEqual(self.rows("SELECT cause, outages, still_open, median, nine_of_ten, longest FROM ringback.time_to_repair"),
                         [(CAUSE, 3, 1, days[1], datetime.timedelta(days=2.8), days[2])])


class OverTime(FleetCase):
    def test_connection_types(self) -> None:
        changed = small_report(at(day(1)))
        changed["connection"]["type"] = "ds-lite"
        self.load(history("1", "y     " + "y" * 30) + history("2", "y") + in_envelope("2", changed))
        self.assertEqual(self.rows("SELECT month::text, connection_type, households, reports FROM ringback.connection_types_by_month ORDER BY 1, 2"),
                         [("2026-03-01", "ds-lite", 1, 1), ("2026-03-01", "dual-stack", 2, 26), ("2026-04-01", "dual-stack", 1, 6)])
        self.assertEqual(self.rows("SELECT week::text, connection_type, households, reports FROM ringback.connection_types_by_week ORDER BY 1, 2")[:4],
                         [("2026-03-02", "ds-lite", 1, 1), ("2026-03-02", "dual-stack", 2, 3), ("2026-03-09", "dual-stack", 1, 7),
                          ("2026-03-16", "dual-stack", 1, 7)])

    def test_findings_by_network(self) -> None:
        finding = {"code": CAUSE, "severity": "error", "subject": {"service": "443/tcp", "family": "ipv4", "name": None}}
        with_finding = [in_envelope(household, small_report(at(day(n)), findings=[finding | {"evidence": []}] * number), network=network)
                        for household, n, number, network in [("1", 0, 1, "north"), ("1", 1, 2, "north"), ("2", 0, 1, "north"), ("3", 0, 0, "north"), ("4", 0, 1, None)]]
        masked = in_envelope("5", small_report(redacted=True, findings=[finding]))
        self.load("".join(with_finding) + masked)
        self.assertEqual(self.rows("SELECT month::text, network, code, severity, households, findings FROM ringback.findings_by_network ORDER BY 2"),
                         [("2026-03-01", "2001:db8::/32", CAUSE, "error", 1, 1), ("2026-03-01", "north", CAUSE, "error", 2, 4),
                          ("2026-03-01", None, CAUSE, "error", 1, 1)])
        self.assertEqual(self.rows("SELECT network, households, reports FROM ringback.households_by_network ORDER BY 1"),
                         [("2001:db8::/32", 1, 1), ("north", 3, 4), (None, 1, 1)])


class Distributed(FleetCase):
    """Households on two nodes, as Citus would lay them: here two databases."""
    NODES = ("node_a", "node_b")

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        for node in cls.NODES:
            running.database(node)

    def test_each_node_answers_for_its_households(self) -> None:
        lines = [line for n, answers in enumerate(list(Reachability.CASES) * 2)
                 for line in history(f"{n}", answers, family=f"ipv{4 + n % 3 // 2 * 2}", network=f"{n % 3}").splitlines(keepends=True)]
        self.load("".join(lines))
        for number, node in enumerate(self.NODES):
            self.load("".join(line for line in lines if zlib.crc32(line.split('"')[3].encode()) % 2 == number), database=node)
        for view in ("reachability_change", "outage", "lost_reachability"):
            whole = self.rows(f"SELECT * FROM ringback.{view}")
            parts = [row for node in self.NODES for row in self.rows(f"SELECT * FROM ringback.{view}", database=node)]
            self.assertEqual(sorted(map(repr, whole)), sorted(map(repr, parts)))
            self.assertTrue(all(self.rows(f"SELECT * FROM ringback.{view}", database=node) for node in self.NODES))
        for view in ("connection_types_by_month", "findings_by_network", "households_by_network"):
            self.assertEqual(self.rows(f"SELECT sum(households) FROM ringback.{view}")[0][0],
                             sum(self.rows(f"SELECT sum(households) FROM ringback.{view}", database=node)[0][0] or 0 for node in self.NODES))
