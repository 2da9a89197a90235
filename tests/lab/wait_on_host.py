"""On a household's host: `ringback wait` while others knock, against what it should say. See test_wait.sh.

wait_on_host.py PROGRAM MAPPED CASE
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

PROGRAM, MAPPED, CASE = sys.argv[1:4]
LAB = str(pathlib.Path(__file__).parent)
SECONDS = 30  # a busy machine must not fail the test; a program that hangs does
# A program that gave up its rights cannot be traced, which the leak checker of a build with sanitizers wants to do.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}


def host6() -> str:
    listed = subprocess.run(["ip", "-6", "-o", "address", "show", "dev", "eth0", "scope", "global"], capture_output=True, text=True, check=True).stdout
    return listed.split()[3].split("/")[0]


def knock(where: str, protocol: str, address: str, port: int) -> None:
    subprocess.run(["ip", "netns", "exec", where, "/usr/bin/python3", "-m", "ringlab.knock", protocol, address, str(port)],
                   env={**os.environ, "PYTHONPATH": LAB}, stdout=subprocess.DEVNULL, check=False, timeout=SECONDS)


class Wait:
    """A running `ringback wait`, which has begun to watch."""

    def __init__(self, *words: str, before: tuple[str, ...] = (), program: str = PROGRAM, environment=None):
        self.process = subprocess.Popen([*before, program, "wait", *words, "-f", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env={**ENVIRONMENT, **(environment or {})})
        self.lines = []
        self.first = self.read()

    def read(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{CASE}: it ended with {self.process.wait(SECONDS)}: {self.process.stderr.read()}")
        self.lines.append(json.loads(line))
        return self.lines[-1]

    def until_settled(self, count: int) -> None:
        while sum(line["kind"] == "arrival" and line["settled"] for line in self.lines) < count:
            self.read()

    def status(self) -> dict[str, str]:
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)

    def end(self, with_signal=None) -> dict:
        if with_signal:
            self.process.send_signal(with_signal)
        out, _ = self.process.communicate(timeout=SECONDS)
        self.lines += map(json.loads, out.splitlines())
        verdict = self.lines[-1]
        check("the last line is the verdict", verdict["kind"], "verdict")
        check("its exit status is the program's", self.process.returncode, verdict["exit_status"])
        return verdict


def check(what: str, got, expected) -> None:
    if got != expected:
        sys.exit(f"{CASE}: {what}: {got!r}, not {expected!r}")


def both(port: int = 443, protocol: str = "tcp") -> None:
    for address in (MAPPED, host6()):
        knock("vantage", protocol, address, port)


def verdicts(verdict: dict) -> dict:
    return {one["family"]: (one["reachable"], one["stopped_at"], one["cause"]) for one in verdict["services"]}


def told(service: str, port: int, protocol: str, expected: tuple) -> dict:
    wait = Wait(service, "--count", "2")
    both(port, protocol)
    verdict = wait.end()
    check("ended by", verdict["ended"], "count")
    check("verdicts", verdicts(verdict), {"ipv4": expected, "ipv6": expected})
    return {"verdict": verdict, "arrivals": [line for line in wait.lines if line["kind"] == "arrival" and line["settled"]]}


def case_open() -> None:
    for line in told("443/tcp", 443, "tcp", ("yes", "none", None))["arrivals"]:
        check("answered by", (line["answer"], line["reached"], line["program"] is not None), ("syn-ack", True, True))


def case_dropped() -> None:
    seen = told("443/tcp", 443, "tcp", ("no", "host-firewall", "inbound.host-firewall"))
    for line in seen["arrivals"]:
        check("the rule is named", "tcp dport 443 drop" in line["detail"], True)
    check("remedies", all(one["remedies"] for one in seen["verdict"]["services"]), True)


def case_refused() -> None:
    told("443/tcp", 443, "tcp", ("no", "listener", "inbound.no-listener"))


def case_lost() -> None:
    told("443/tcp", 443, "tcp", ("no", "return-path", "inbound.reply-lost"))


def case_udp() -> None:
    told("51820/udp", 51820, "udp", ("yes", "none", None))


def case_home() -> None:
    """The LAN and the router prove nothing; Ctrl-C ends it with a verdict all the same."""
    wait = Wait("443/tcp")
    knock("router", "tcp", "192.168.178.20", 443)
    check("ignored", wait.read()["kind"], "ignored")
    verdict = wait.end(signal.SIGINT)
    check("ended by", verdict["ended"], "signal")
    check("verdicts", {one[0] for one in verdicts(verdict).values()}, {"unknown"})
    check("exit status", verdict["exit_status"], 3)
    check("counted", verdict["ignored"]["router"], 1)
    check("what to try", bool(verdict["to_try"]), True)
    verdict = Wait("443/tcp", "-4", "--for", "1").end()
    check("ended by", verdict["ended"], "time")
    check("nothing arrived", verdicts(verdict), {"ipv4": ("unknown", "unknown", "inbound.untested")})


def case_privilege() -> None:
    none = "0000000000000000"
    for environment, user in (({}, "65534"), ({"SUDO_UID": "1", "SUDO_GID": "1"}, "1")):
        wait = Wait("443/tcp", environment=environment)
        status = wait.status()
        check("users", status["Uid"].split(), [user] * 4)
        check("groups", status["Gid"].split(), [user] * 4)
        check("root's groups", "0" in status["Groups"].split(), False)
        for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            check(kind, status[kind], none)
        check("no_new_privs", status["NoNewPrivs"], "1")
        knock("vantage", "tcp", MAPPED, 443)
        wait.until_settled(1)
        wait.end(signal.SIGTERM)
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    denied = subprocess.run([*nobody, PROGRAM, "wait", "443/tcp"], capture_output=True, text=True, env=ENVIRONMENT, timeout=SECONDS)
    check("without rights", (denied.returncode, denied.stdout), (3, ""))
    check("says what is missing", "CAP_NET_RAW" in denied.stderr, True)
    # File capabilities in place of root: the card alone, so the rules stay unknown.
    copy = "/tmp/ringback-with-capabilities"
    subprocess.run(["cp", PROGRAM, copy], check=True)
    subprocess.run(["setcap", "cap_net_raw+ep", copy], check=True)
    wait = Wait("443/tcp", "--count", "1", before=nobody, program=copy)
    status = wait.status()
    check("capabilities", (status["CapEff"], status["CapPrm"], status["NoNewPrivs"]), (none, none, "1"))
    check("rules", wait.first["rules_readable"], False)
    knock("vantage", "tcp", MAPPED, 443)
    verdict = wait.end()
    check("verdict", verdicts(verdict)["ipv4"][0], "yes")
    check("says so", any("could not be read" in note for note in verdict["notes"]), True)


def case_pipe() -> None:
    """A reader that goes ends the watch."""
    wait = Wait("443/tcp")
    wait.process.stdout.close()
    for _ in range(3):
        knock("vantage", "tcp", MAPPED, 443)
    began = time.monotonic()
    wait.process.wait(SECONDS)
    check("ended", time.monotonic() - began < SECONDS, True)


globals()[f"case_{CASE}"]()
print(f"ok     wait: {CASE}")
