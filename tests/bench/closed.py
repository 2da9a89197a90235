"""A diagnosis in a closed household against one nmap of the same filtered port from the vantage point."""
import json
import statistics
import subprocess

from bench.support import Setup, in_household, remark, row, run

NEEDS = ["lab", "bench"]
ENDINGS = (0, 1, 2, 3)


def measure(setup: Setup) -> bool:
    return in_household("dual-stack-closed", __name__, setup)


def inside(setup: Setup, ringback: list[str]) -> bool:
    report = json.loads(subprocess.run([*ringback, "-f", "json"], capture_output=True, text=True).stdout)  # warms up, too
    address = report["connection"]["ipv4"]["mapped_address"]
    nmap = ["ip", "netns", "exec", "vantage", "nmap", "-Pn", "-n", "-p", "443", address]
    if "filtered" not in subprocess.run(nmap, capture_output=True, text=True).stdout:
        remark("nmap does not call the port filtered: this is not the household that was meant")
        return False
    pairs = [(run(ringback, ENDINGS)[0], run(nmap)[0]) for _ in range(setup.runs)]
    ratios = [ours / theirs for ours, theirs in pairs]
    ours, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    remark(f"{setup.runs} pairs; ratio {min(ratios):.2f} … {max(ratios):.2f}; wall medians {ours:.2f} s and {theirs:.2f} s")
    return row("wall time in a closed household, ringback run / nmap (median of pairs)", f"{statistics.median(ratios):.2f}", "≤ 1.00",
               statistics.median(ratios) <= 1)
