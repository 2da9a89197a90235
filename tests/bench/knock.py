"""From the arrival of a knock at the card to its evidence."""
import statistics
import subprocess

from bench.support import Setup, remark, row
from bench.support.server import enter_own_network, generator

NEEDS = ["build"]
PROMISE_MICROSECONDS = 1000


def measure(setup: Setup) -> bool:
    program = generator("knock-latency")
    enter_own_network()
    taken = sorted(int(line) for line in subprocess.run([program], capture_output=True, text=True, check=True).stdout.split())
    median = statistics.median(taken)
    remark(f"{len(taken)} knocks; {taken[0]} … {taken[-1]} µs, nine of ten within {taken[len(taken) * 9 // 10]} µs")
    return row("from the arrival of a knock to its evidence (median)", f"{median / 1000:.2f} ms", "≤ 1 ms", median <= PROMISE_MICROSECONDS)
