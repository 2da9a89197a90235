"""Signed zones: ldns-keygen and ldns-signzone from the root down, and the root's key where the host looks for it."""

import datetime
import subprocess
from pathlib import Path

from ringlab.errors import HouseholdError
from ringlab.household import Household
from ringlab.isolation import RUN, private_directory
from ringlab.netns import side_by_side

KEYS = RUN / "keys"
ALGORITHM = "ECDSAP256SHA256"  # fast to make and to sign with
ANCHOR_DIRECTORIES = ("/usr/share/dns", "/var/lib/unbound")
SIGNED_DAYS, AGO_DAYS = 14, 60
HOURS_LEFT = 10  # with "ending"


def is_signed(household: Household) -> bool:
    return household.internet.dnssec != "no"


def run(argv: list[str]) -> str:
    done = subprocess.run(argv, cwd=KEYS, capture_output=True, text=True, timeout=20)
    if done.returncode != 0:
        raise HouseholdError(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout.strip()


def key_of(zone: str) -> Path:
    """One key for all that the zone signs (a CSK): its files' common name. Made when it is asked for first."""
    name = KEYS / f"of.{zone}"
    if not name.exists():
        KEYS.mkdir(exist_ok=True)
        name.write_text(run(["ldns-keygen", "-k", "-a", ALGORITHM, zone or "."]))
    return KEYS / name.read_text()


def anchor() -> Path:
    return Path(f"{key_of('')}.key")


def root_digest(of_another_key: bool) -> list[str]:
    """The root's DS record as dnsmasq wants it: key tag, algorithm, digest type, digest."""
    *head, digest = Path(f"{key_of('')}.ds").read_text().split()[3:]
    return [*head, digest[::-1] if of_another_key else digest]


def place_anchor() -> None:
    """For this household alone; whatever anchors the machine has are hidden."""
    for directory in ANCHOR_DIRECTORIES:
        if Path(directory).is_dir():
            private_directory(directory)
            Path(directory, "root.key").write_text(anchor().read_text())


def days_from_now(days: float) -> str:
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%S")


def validates_at(household: Household) -> str:
    """What the clock of a validating resolver shows; empty: the time that it is."""
    return days_from_now(-AGO_DAYS) if household.internet.dnssec == "another-time" else ""


def signed_during(household: Household, at_home: bool) -> tuple[str, str]:
    if household.internet.dnssec == "ending" and at_home:
        return days_from_now(HOURS_LEFT / 24 - SIGNED_DAYS), days_from_now(HOURS_LEFT / 24)
    shift = -AGO_DAYS if household.internet.dnssec == "another-time" or (household.internet.dnssec == "expired" and at_home) else 0
    return days_from_now(shift - 1), days_from_now(shift + SIGNED_DAYS)


def ds_record(zone: str, household: Household, at_home: bool) -> str:
    record = Path(f"{key_of(zone)}.ds").read_text()
    if household.internet.dnssec == "wrong-ds" and at_home:  # the zone has a new key since, and the parent was not told
        head, _, digest = record.rstrip().rpartition(" ")
        record = f"{head} {digest[::-1]}\n"
    return record


def sign(texts: dict[str, str], household: Household, homes: set[str]) -> dict[str, str]:
    if household.internet.second_nameserver in ("old", "other"):
        raise HouseholdError(f"{household.name}: internet: dnssec: not with an old second name server")
    signed = {zone for zone in texts if not (household.internet.dnssec == "unsigned-home" and zone in homes)}
    side_by_side([lambda zone=zone: key_of(zone) for zone in signed])
    for zone in sorted(signed - {""}):
        texts[zone.partition(".")[2]] += ds_record(zone, household, zone in homes)

    def sign_one(zone: str) -> None:
        path = KEYS / f"zone.{zone}"
        path.write_text(texts[zone])
        begin, end = signed_during(household, zone in homes)
        hashed = ["-n", "-t", "0"] if household.internet.denial == "nsec3" else []
        run(["ldns-signzone", "-o", f"{zone}.", "-i", begin, "-e", end, *hashed, "-f", f"{path}.signed", str(path), str(key_of(zone))])
        texts[zone] = Path(f"{path}.signed").read_text()

    side_by_side([lambda zone=zone: sign_one(zone) for zone in signed])
    return texts
