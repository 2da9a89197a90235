"""The questions about names, unsigned and signed: one name against dig, many names against one, and a thousand within the deadline."""
import json
import statistics
import subprocess
import time

from bench.support import Setup, in_household, remark, row

NEEDS = ["lab", "bench"]
ZONE = "meier-familie.net"  # of the households, and in it name000 to name999
FORGOTTEN_AFTER = 1.1  # seconds; the names' TTL is one, so no resolver has them in its cache then
MANY, VERY_MANY = 200, 1000


def measure(setup: Setup) -> bool:
    return all([in_household(household, __name__, setup) for household in ("hundreds-of-names", "hundreds-of-signed-names")])


def with_names(ringback: list[str], count: int) -> list[str]:
    """The household's command line, with so many names, no service, and the DNS probe alone."""
    kept, skip = [], False
    for word in ringback:
        if not skip and word not in ("-n", "-s"):
            kept.append(word)
        skip = not skip and word in ("-n", "-s")
    return [*kept, "--only", "dns", "-f", "json", *(word for i in range(count) for word in ("-n", f"name{i:03}.{ZONE}"))]


def asked(ringback: list[str], count: int) -> tuple[float, dict]:
    """Milliseconds of the probe, and the report."""
    time.sleep(FORGOTTEN_AFTER)
    report = json.loads(subprocess.run(with_names(ringback, count), capture_output=True, text=True).stdout)
    probe = next(one for one in report["probes"] if one["name"] == "dns")
    return probe["duration_ms"], probe | {"report": report}


def dug() -> float:
    """Milliseconds of `dig +nssearch` of the zone and of both questions, one after the other, as a person would ask."""
    time.sleep(FORGOTTEN_AFTER)
    start = time.monotonic()
    for words in (["+nssearch", ZONE], [f"name000.{ZONE}", "A"], [f"name000.{ZONE}", "AAAA"]):
        subprocess.run(["dig", *words], check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.monotonic() - start)


def servers_that_answered(probe: dict) -> str:
    names = probe["report"]["evidence"]["dns"]["names"] if probe["status"] == "done" else []
    servers = {answer["server"] for one in names for answer in one["answers"]}
    answers = [answer for one in names for answer in one["answers"]]
    proven = sum((one["dnssec"] or {}).get("security") == "secure" for one in names)
    return (f"{len(servers)} servers gave {sum(answer['rcode'] is not None for answer in answers)} of {len(answers)} answers, "
            f"{proven} of {len(names)} names are proven by their signatures")


def refused(probe: dict) -> int:
    """Questions that the home's own resolver refused, or a program's in its stead: what is too much for it, it refuses to everybody."""
    names = probe["report"]["evidence"]["dns"]["names"]
    return sum(answer["rcode"] != "NOERROR" for one in names for answer in one["answers"] if answer["role"] == "system") + sum(
        not (one["applications"] or {}).get("addresses") for one in names)


def inside(setup: Setup, ringback: list[str]) -> bool:
    asked(ringback, 1), dug()
    pairs = [(asked(ringback, 1), dug()) for _ in range(setup.runs)]
    ratio = statistics.median(ours / theirs for (ours, _), theirs in pairs)
    one, theirs = statistics.median(ours for (ours, _), _ in pairs), statistics.median(theirs for _, theirs in pairs)
    held = [row("the DNS probe for one name / dig +nssearch and two digs", f"{ratio:.2f}", "≤ 1.50", ratio <= 1.5)]
    remark(f"{setup.runs} pairs; medians {one:.0f} and {theirs:.0f} ms; {servers_that_answered(pairs[-1][0][1])}")

    both = [(asked(ringback, 1)[0], asked(ringback, MANY)) for _ in range(setup.runs)]
    ratio = statistics.median(many / one for one, (many, _) in both)
    held.append(row(f"{MANY} names at once / one name", f"{ratio:.2f}", "< 4.00", ratio < 4))
    one, many = statistics.median(one for one, _ in both), statistics.median(many for _, (many, _) in both)
    remark(f"{setup.runs} pairs; medians {one:.0f} and {many:.0f} ms; {servers_that_answered(both[-1][1][1])}")

    duration, probe = asked(ringback, VERY_MANY)
    honest = probe["status"] in ("done", "timed-out") and len(probe["report"]["names"]) == VERY_MANY
    held.append(row(f"{VERY_MANY} names within the deadline of 10 s", f"{duration / 1000:.2f} s", "≤ 10 s", honest and duration <= 10_000))
    remark(f"the probe is {probe['status']}; {servers_that_answered(probe)}")
    lost = refused(probe) if probe["status"] == "done" else 0
    held.append(row(f"of {VERY_MANY} names, answers that the home's resolver did not give", str(lost), "0", lost == 0))
    return all(held)
