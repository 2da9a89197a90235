#!/usr/bin/python3
"""Holds the promises on a fleet's speed and size against a real PostgreSQL with Debian's settings, and prints them as a table.

    tests/fleet/bench.py [--households N] [--weeks N] [--reports FILE]

Each household reports once a week: 2,000 × 100 are 200,000 reports. They take 5 GB below $TMPDIR, and the database as much again while it
works. With --reports they are kept in FILE, and made only where it is not there. The exit status is 1 where a promise is broken.
"""
import argparse
import contextlib
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from bench.support import remark, row  # noqa: E402
from cluster import FLEET, Cluster, cluster  # noqa: E402
from reports import envelope, fleet  # noqa: E402

RATE, SECONDS = 3000, 1.0
ROUNDS = 3
VIEWS = ("connection_types_by_month", "connection_types_by_week", "findings_by_network", "households_by_network", "reachability_change", "outage",
         "lost_reachability", "time_to_repair")


def generate(path: pathlib.Path, households: int, weeks: int) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(envelope(household, report) for household, report in fleet(households, weeks))


def counted(path: pathlib.Path) -> tuple[int, int]:
    """Reports, and their bytes without the envelopes."""
    with open(path, "rb") as file:
        lengths = [len(line) - len(envelope("000000", "")) for line in file]
    return len(lengths), sum(lengths)


def load(running: Cluster, database: str, path: pathlib.Path, *options: str) -> float:
    start = time.monotonic()
    subprocess.run([FLEET / "load", *options, path], env=running.environment(database), cwd=path.parent, check=True)
    return time.monotonic() - start


def query(running: Cluster, database: str, text: str) -> tuple[float, list[tuple]]:
    with contextlib.closing(running.connect(database)) as connection, connection.cursor() as cursor:
        start = time.monotonic()
        cursor.execute(text)
        rows = cursor.fetchall() if cursor.description else []
        return time.monotonic() - start, rows


def sizes(running: Cluster, database: str) -> dict[str, int]:
    return dict(query(running, database, "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
                                         "WHERE relnamespace = 'ringback'::regnamespace AND relkind = 'r' ORDER BY 2 DESC")[1])


def measure(running: Cluster, path: pathlib.Path) -> bool:
    reports, written = counted(path)
    running.database("whole")
    first, again = load(running, "whole", path), load(running, "whole", path)
    held = [row(f"{reports} reports of {written / reports / 1000:.1f} kB loaded, in a second", f"{reports / first:.0f}", f"≥ {RATE}",
                reports / first >= RATE)]
    remark(f"the same ones again, which changes nothing: {reports / again:.0f} in a second")
    query(running, "whole", "VACUUM (ANALYZE)")
    for view in VIEWS:
        took, rows = max((query(running, "whole", f"SELECT * FROM ringback.{view}") for _ in range(ROUNDS)), key=lambda each: each[0])
        held.append(row(f"{view}, {len(rows)} rows, slowest of {ROUNDS}", f"{took * 1000:.0f} ms", f"≤ {SECONDS * 1000:.0f} ms", took <= SECONDS))
    tables = sizes(running, "whole")
    total = sum(tables.values())
    remark(f"bytes for each report, with indexes: {total / reports:.0f}, that is {total / written:.2f} of its JSON "
           f"({', '.join(f'{name} {size / reports:.0f}' for name, size in tables.items())})")
    started = query(running, "whole", "SELECT percentile_disc(0.1) WITHIN GROUP (ORDER BY started) FROM ringback.report")[1][0][0]
    remark(f"deleting the oldest tenth took {query(running, 'whole', f'DELETE FROM ringback.report WHERE started < {chr(39)}{started}{chr(39)}')[0]:.1f} s")

    running.database("lean")
    lean = load(running, "lean", path, "--without-evidence")
    remark(f"without evidence: {reports / lean:.0f} in a second, {sum(sizes(running, 'lean').values()) / reports:.0f} bytes for each report")
    return all(held)


def main() -> int:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--households", type=int, default=2000)
    parser.add_argument("--weeks", type=int, default=100)
    parser.add_argument("--reports", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fleet") as folder, cluster() as running:
        path = options.reports or pathlib.Path(folder) / "reports.ndjson"
        if not path.exists():
            generate(path, options.households, options.weeks)
        print(f"{'':<68} {'measured':>14} {'promised':>10}", flush=True)
        return 0 if measure(running, path.resolve()) else 1


if __name__ == "__main__":
    sys.exit(main())
