"""A diagnosis in an open household against one `upnpc -s`; memory of both programs."""
import statistics

from bench.support import Setup, critical_path, in_household, process_of, remark, resident, row, run

NEEDS = ["lab", "bench"]
ENDINGS = (0, 1, 2, 3)


def measure(setup: Setup) -> bool:
    return in_household("dual-stack-open", __name__, setup)


def inside(setup: Setup, ringback: list[str]) -> bool:
    idle_vantage = resident(process_of("ringback-vantage"))
    remark(critical_path(ringback))
    run(ringback, ENDINGS), run(["upnpc", "-s"])  # warm up
    pairs = [(run(ringback, ENDINGS), run(["upnpc", "-s"])) for _ in range(setup.runs)]
    ratios = [ours[0] / theirs[0] for ours, theirs in pairs]
    ratio, peak = statistics.median(ratios), max(ours[1] for ours, _ in pairs)
    ours, theirs = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    held = [
        row("wall time, ringback run / upnpc -s (median of pairs)", f"{ratio:.2f}", "≤ 0.50", ratio <= 0.5),
        row("peak memory of ringback run", f"{peak / 1024:.1f} MB", "≤ 24 MB", peak <= 24 * 1024),
        row("resident memory of the idle ringback-vantage", f"{idle_vantage / 1024:.1f} MB", "≤ 10 MB", idle_vantage <= 10 * 1024),
    ]
    remark(f"{setup.runs} pairs; ratio {min(ratios):.2f} … {max(ratios):.2f}; wall medians {ours:.2f} s and {theirs:.2f} s")
    return all(held)
