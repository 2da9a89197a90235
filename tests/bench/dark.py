"""A diagnosis where nothing answers: a dark router, no UPnP, NAT-PMP or PCP, nothing let in; and which probes it waited for."""
import statistics

from bench.support import Setup, critical_path, in_household, remark, row, run

NEEDS = ["lab", "bench"]
ENDINGS = (0, 1, 2, 3)
PROMISE = 2.5  # seconds


def measure(setup: Setup) -> bool:
    return in_household("dark-dual-stack-closed", __name__, setup)


def inside(setup: Setup, ringback: list[str]) -> bool:
    remark(critical_path(ringback))  # warms up, too
    times = [run(ringback, ENDINGS)[0] for _ in range(setup.runs)]
    remark(f"{setup.runs} runs; {min(times):.2f} … {max(times):.2f} s")
    median = statistics.median(times)
    return row("wall time where nothing answers (median)", f"{median:.2f} s", f"≤ {PROMISE} s", median <= PROMISE)
