"""What the benchmarks have in common: rows of the table, pairs side by side, finished runs, memory of what runs.

A benchmark is a module of the folder above, `NAME.py`: its docstring says what it measures, `NEEDS` names sets of packages of
scripts/need, `measure(setup) -> bool` prints rows and says whether every promise was held.
"""
import dataclasses
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parents[3]


@dataclasses.dataclass(frozen=True)
class Setup:
    programs: pathlib.Path  # where ringback and ringback-vantage are
    runs: int               # pairs, each one run of ours and one of the other's

    def program(self, name: str) -> str:
        return str(self.programs / name)


def row(what: str, measured: str, promise: str, held: bool) -> bool:
    print(f"{what:<68} {measured:>14} {promise:>10}  {'held' if held else 'BROKEN'}", flush=True)
    return held


def remark(text: str) -> None:
    print(f"    {text}", flush=True)


def side_by_side(ours: Callable[[], tuple[float, float]], theirs: Callable[[], tuple[float, float]], runs: int) -> tuple[float, list[str]]:
    """Pairs A B A B … of (rate, rate in a second of the server's own processor time): the median of ours/theirs, and remarks."""
    pairs = [(ours(), theirs()) for _ in range(runs)]
    ratios, of_core = ([a[i] / b[i] for a, b in pairs] for i in (0, 1))
    a, b = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    return statistics.median(ratios), [
        f"{runs} pairs; ratio {min(ratios):.2f} … {max(ratios):.2f}; medians {a:.0f} and {b:.0f} a second",
        f"in a second of the server's own processor time: ratio {statistics.median(of_core):.2f}",
    ]


class Finished(NamedTuple):
    seconds: float      # on the wall
    peak: int           # resident, in KiB, of the largest of its processes
    processor: float    # seconds, of all its processes


def run(command: list[str], good: tuple[int, ...] = (0,)) -> Finished:
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in good:
        sys.exit(f"bench: {shlex.join(command)} ended with {child.returncode}")
    return Finished(time.monotonic() - start, usage.ru_maxrss, usage.ru_utime + usage.ru_stime)


def critical_path(ringback: list[str]) -> str:
    """The probes that a diagnosis waited for, the longest first; all of them run side by side."""
    report = json.loads(subprocess.run([*ringback, "-f", "json"], capture_output=True, text=True).stdout)
    probes = sorted(report["probes"], key=lambda probe: -(probe["duration_ms"] or 0))[:4]
    longest = ", ".join(f"{probe['name']} {probe['duration_ms']} ms" for probe in probes)
    return f"the longest of the probes side by side: {longest}; the whole run {report['duration_ms']} ms"


def resident(pid: int) -> int:
    """VmRSS in KiB of a running process."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    sys.exit(f"bench: process {pid} has ended")


def process_of(program: str) -> int:
    """The running process of this name; for inside of a household, which is a process namespace of its own."""
    for comm in pathlib.Path("/proc").glob("[0-9]*/comm"):
        if comm.read_text().strip() == program[:15]:
            return int(comm.parent.name)
    sys.exit(f"bench: no {program} is running")


def in_household(household: str, module: str, setup: Setup) -> bool:
    """Calls `inside(setup, command)` of the benchmark `module` in this household of the lab; `command` is the command line (a list)
    that the lab would show the household's diagnosis with."""
    script = (f"exec /usr/bin/python3 -m bench.support.inside {shlex.quote(module)} {shlex.quote(str(setup.programs))} "
              f"{setup.runs} $RINGBACK_RUN")
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tests"), "PYTHONDONTWRITEBYTECODE": "1"}
    # The lab sets a PYTHONPATH of its own, for itself.
    script = f"PYTHONPATH={shlex.quote(environment['PYTHONPATH'])}; export PYTHONPATH; {script}"
    command = [str(ROOT / "scripts/lab"), household, "--bin", str(setup.programs), "--exec", "sh", "-c", script]
    return subprocess.run(command, env=environment).returncode == 0
