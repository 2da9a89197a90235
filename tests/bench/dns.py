"""The questions about names: one name against dig, many names against one, and a thousand within the deadline."""
import json
import statistics
import subprocess
import time

from bench.support import Setup, in_household, remark, row

NEEDS = ["lab", "bench"]
ZONE = "meier-familie.net"  # of the household; every name below it is there
MANY, VERY_MANY = 200, 1000


def measure(setup: Setup) -> bool:
    return in_household("many-names", __name__, setup)


def probe_alone(ringback: list[str], names: list[str]) -> list[str]:
    """The household's command line, with these names, no service, and the DNS probe alone."""
    kept, skip = [], False
    for word in ringback:
        if not skip and word not in ("-n", "-s"):
            kept.append(word)
        skip = not skip and word in ("-n", "-s")
    return [*kept, "--only", "dns", "-f", "json", *(word for name in names for word in ("-n", name))]


def asked(ringback: list[str], names: list[str]) -> tuple[float, dict]:
    """Milliseconds of the probe, and the report."""
    report = json.loads(subprocess.run(probe_alone(ringback, names), capture_output=True, text=True).stdout)
    probe = next(one for one in report["probes"] if one["name"] == "dns")
    return probe["duration_ms"], probe | {"report": report}


def dug() -> float:
    """Milliseconds of `dig +nssearch` of the zone and of both questions, one after the other, as a person would ask."""
    start = time.monotonic()
    for words in (["+nssearch", ZONE], [f"name00.{ZONE}", "A"], [f"name00.{ZONE}", "AAAA"]):
        subprocess.run(["dig", *words], check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.monotonic() - start)


def names_of(series: str, count: int) -> list[str]:
    """Fresh ones: no resolver has them in its cache."""
    return [f"{series}-{i}.{ZONE}" for i in range(count)]


def inside(setup: Setup, ringback: list[str]) -> bool:
    asked(ringback, names_of("warm", 1)), dug()
    pairs = [(asked(ringback, names_of(f"one{i}", 1))[0], dug()) for i in range(setup.runs)]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    one, theirs = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    held = [row("the DNS probe for one name / dig +nssearch and two digs", f"{ratio:.2f}", "≤ 1.50", ratio <= 1.5)]
    remark(f"{setup.runs} pairs; medians {one:.0f} and {theirs:.0f} ms")

    both = [(asked(ringback, names_of(f"few{i}", 1))[0], asked(ringback, names_of(f"many{i}", MANY))[0]) for i in range(setup.runs)]
    ratio = statistics.median(many / one for one, many in both)
    held.append(row(f"{MANY} names at once / one name", f"{ratio:.2f}", "< 4.00", ratio < 4))
    remark(f"{setup.runs} pairs; medians {statistics.median(a for a, _ in both):.0f} and {statistics.median(b for _, b in both):.0f} ms")

    duration, probe = asked(ringback, names_of("very", VERY_MANY))
    names = probe["report"]["evidence"]["dns"]["names"] if probe["status"] == "done" else []
    answered = sum(all(answer["rcode"] for answer in one["answers"]) for one in names)
    honest = probe["status"] in ("done", "timed-out") and len(probe["report"]["names"]) == VERY_MANY
    held.append(row(f"{VERY_MANY} names within the deadline of 10 s", f"{duration / 1000:.2f} s", "≤ 10 s", honest and duration <= 10_000))
    remark(f"the probe is {probe['status']}; every server that was asked answered for {answered} of {len(names)} names")
    return all(held)
