"""A check in an open household against one `curl -s`: processor time, memory; and a memory of a year."""
import json
import statistics
import subprocess
import tempfile

from bench.support import Setup, in_household, remark, row, run
from bench.support.server import generator

NEEDS = ["build", "lab", "bench"]
MOST_KIB = 20 * 1000 * 1000 // 1024  # of the largest process of a check


def measure(setup: Setup) -> bool:
    return all([in_household("dual-stack-open", __name__, setup), a_year(setup)])


def inside(setup: Setup, ringback: list[str]) -> bool:
    program, _, *options = ringback
    page = next(word for word in options if word.startswith("http://")) + "/v1/address"
    with tempfile.TemporaryDirectory() as folder:
        check, curl = [program, "check", *options, "--state", folder], ["curl", "-s", page]
        run(check), run(curl)  # warm up
        pairs = [(run(check), run(curl)) for _ in range(setup.runs)]
    ratios = [ours.processor / theirs.processor for ours, theirs in pairs]
    ratio, peak = statistics.median(ratios), max(ours.peak for ours, _ in pairs)
    ours, theirs = (statistics.median(pair[side].processor for pair in pairs) for side in (0, 1))
    held = [row("processor time, ringback check / curl -s (median of pairs)", f"{ratio:.2f}", "≤ 4.00", ratio <= 4),
            row("peak memory of ringback check, its largest process", f"{peak * 1024 / 1e6:.1f} MB", "< 20 MB", peak < MOST_KIB)]
    remark(f"{setup.runs} pairs; ratio {min(ratios):.2f} … {max(ratios):.2f}; medians {1000 * ours:.1f} ms and {1000 * theirs:.1f} ms")
    return all(held)


def a_year(setup: Setup) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        said = json.loads(subprocess.run([generator("history-year"), folder], capture_output=True, text=True, check=True).stdout)
    held = []
    for kind, words in (("nightly", "a new prefix every night"), ("flapping", "another state with every check")):
        size, opened = said[kind]["bytes"] / 1e6, said[kind]["open_ms"]
        held += [row(f"a year of five-minute checks, {words}", f"{size:.1f} MB", "< 30 MB", size < 30),
                 row("opening it, and reading what a check needs", f"{opened:.1f} ms", "< 20 ms", opened < 20)]
        remark(f"{said[kind]['checks']} checks, {said[kind]['periods']} periods; one check is added in {said[kind]['add_ms']:.2f} ms")
    return all(held)
