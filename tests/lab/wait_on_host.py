"""On a household's host: `ringback wait` while others knock, against what it should say. See test_wait.sh.

wait_on_host.py PROGRAM MAPPED CASE
"""
import contextlib
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time

from jsonschema import Draft202012Validator

PROGRAM, MAPPED, CASE = sys.argv[1:4]
LAB = str(pathlib.Path(__file__).parent)
SCHEMA = Draft202012Validator(json.loads((pathlib.Path(LAB).parents[1] / "report/arrivals.schema.json").read_text()))
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
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
                                        text=True, env={**ENVIRONMENT, **(environment or {})}, start_new_session=True)
        self.lines = []
        self.first = self.read()

    def read(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{CASE}: it ended with {self.process.wait(SECONDS)}: {self.process.stderr.read()}")
        return self.take(line)

    def take(self, line: str) -> dict:
        self.lines.append(json.loads(line))
        for wrong in SCHEMA.iter_errors(self.lines[-1]):
            sys.exit(f"{CASE}: not by the schema: {line}: {wrong.message}")
        return self.lines[-1]

    def until_settled(self, count: int) -> None:
        while sum(line["kind"] == "arrival" and line["settled"] for line in self.lines) < count:
            self.read()

    def status(self, process=None) -> dict[str, str]:
        text = pathlib.Path(f"/proc/{process or self.process.pid}/status").read_text()
        return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)

    def children(self) -> list[int]:
        return [int(word) for word in pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]

    def end(self, with_signal=None, to_all=False) -> dict:
        """`to_all`: as Ctrl-C on a terminal, which reaches the children, too."""
        if with_signal:
            (os.killpg if to_all else os.kill)(self.process.pid, with_signal)
        out, _ = self.process.communicate(timeout=SECONDS)
        for line in out.splitlines():
            self.take(line)
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
    return {"first": wait.first, "verdict": verdict, "arrivals": [line for line in wait.lines if line["kind"] == "arrival" and line["settled"]]}


def case_open() -> None:
    seen = told("443/tcp", 443, "tcp", ("yes", "none", None))
    check("where to knock", seen["first"]["knock_at"], {"ipv4": MAPPED, "ipv6": host6()})
    check("and how", [f"https://{MAPPED}" in " ".join(seen["first"]["how_to_knock"]["steps"]), f"https://[{host6()}]" in " ".join(seen["first"]["how_to_knock"]["steps"])],
          [True, True])
    for line in seen["arrivals"]:
        check("answered by", (line["answer"], line["reached"], line["program"] is not None), ("syn-ack", True, True))


def case_dropped() -> None:
    seen = told("443/tcp", 443, "tcp", ("no", "host-firewall", "inbound.host-firewall"))
    for line in seen["arrivals"]:
        check("the rule is named", "tcp dport 443 drop" in line["detail"], True)
    check("remedies", all(one["remedies"] for one in seen["verdict"]["services"]), True)


def drop_rule() -> str:
    """The handle of the rule that drops, as `nft delete rule` takes it."""
    listed = subprocess.run(["nft", "-a", "list", "chain", "inet", "filter", "input"], capture_output=True, text=True, check=True).stdout
    return next(line.rsplit(" ", 1)[1] for line in listed.splitlines() if "tcp dport 443 drop" in line)


def delete_rule() -> None:
    subprocess.run(["nft", "delete", "rule", "inet", "filter", "input", "handle", drop_rule()], check=True)


def case_mended() -> None:
    """The rule is removed while the watch lasts: before that it is named, after that it is blamed for nothing."""
    wait = Wait("443/tcp", "-4")
    knock("vantage", "tcp", MAPPED, 443)
    wait.until_settled(1)
    check("named", ("tcp dport 443 drop" in wait.lines[-1]["detail"], wait.lines[-1]["confidence"]), (True, "certain"))
    delete_rule()
    verdict = wait.end(signal.SIGINT, to_all=True)  # nobody has tried again: the rules are read once more all the same
    check("not blamed", verdicts(verdict), {"ipv4": ("unknown", "unknown", None)})
    check("says so", "have been changed since" in verdict["services"][0]["detail"], True)
    check("no advice to remove what is gone", verdict["services"][0]["remedies"], [])
    # With a visitor who tries again, and a rule that comes back.
    subprocess.run(["nft", "add", "rule", "inet", "filter", "input", "tcp", "dport", "443", "drop"], check=True)
    wait = Wait("443/tcp", "-4", "--count", "2")
    knock("vantage", "tcp", MAPPED, 443)
    wait.until_settled(1)
    check("named", wait.lines[-1]["cause"], "inbound.host-firewall")
    delete_rule()
    knock("vantage", "tcp", MAPPED, 443)
    check("gets in", verdicts(wait.end()), {"ipv4": ("yes", "none", None)})
    # And one that is added while the watch lasts.
    wait = Wait("443/tcp", "-4", "--count", "1")
    subprocess.run(["nft", "add", "rule", "inet", "filter", "input", "tcp", "dport", "443", "drop"], check=True)
    knock("vantage", "tcp", MAPPED, 443)
    verdict = wait.end()
    check("the new one is named", "tcp dport 443 drop" in verdict["services"][0]["detail"], True)
    check("surely", verdict["services"][0]["confidence"], "certain")


def until_gone(process: int) -> bool:
    """As the kernel says it, without looking again and again."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(process)
        ended = bool(select.select([handle], [], [], SECONDS)[0])
        os.close(handle)
        return ended
    return True


def case_owned() -> None:
    """The process that reads the rules has one right, and ends with the watch, however that ends."""
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        wait = Wait("443/tcp")
        (reader,) = wait.children()
        status = wait.status(reader)
        check("users of the reader", status["Uid"].split(), ["65534"] * 4)
        for kind, expected in (("CapEff", 1 << 12), ("CapPrm", 1 << 12), ("CapInh", 0), ("CapAmb", 0)):  # CAP_NET_ADMIN
            check(f"{kind} of the reader", int(status[kind], 16), expected)
        check("no_new_privs of the reader", status["NoNewPrivs"], "1")
        os.killpg(wait.process.pid, signal.SIGINT) if how == signal.SIGINT else wait.process.send_signal(how)
        wait.process.communicate(timeout=SECONDS)
        check(f"the reader has gone after {how.name}", until_gone(reader), True)


def case_refused() -> None:
    told("443/tcp", 443, "tcp", ("no", "listener", "inbound.no-listener"))


def case_lost() -> None:
    """The answer leaves by the card that the visitor came by: nothing on this host is at fault, and nothing is to be typed."""
    for one in told("443/tcp", 443, "tcp", ("no", "return-path", "inbound.reply-lost"))["verdict"]["services"]:
        check("said", "left this host correctly" in one["detail"], True)
        check("advice", [(bool(remedy["steps"]), remedy["commands"], "VPN" in str(remedy)) for remedy in one["remedies"]], [(True, [], False)])


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
    denied = subprocess.run([*NOBODY, PROGRAM, "wait", "443/tcp"], capture_output=True, text=True, env=ENVIRONMENT, timeout=SECONDS)
    check("without rights", (denied.returncode, denied.stdout), (3, ""))
    check("says what to type", f"sudo {PROGRAM} wait 443/tcp\n" in denied.stderr, True)
    # File capabilities in place of root: the card alone, so the rules stay unknown.
    copy = "/tmp/ringback-with-capabilities"
    subprocess.run(["cp", PROGRAM, copy], check=True)
    subprocess.run(["setcap", "cap_net_raw+ep", copy], check=True)
    wait = Wait("443/tcp", "--count", "1", before=NOBODY, program=copy)
    status = wait.status()
    check("capabilities", (status["CapEff"], status["CapPrm"], status["NoNewPrivs"]), (none, none, "1"))
    check("rules", wait.first["rules_readable"], False)
    knock("vantage", "tcp", MAPPED, 443)
    verdict = wait.end()
    check("verdict", verdicts(verdict)["ipv4"][0], "yes")
    check("says so", any("could not be read" in note for note in verdict["notes"]), True)
    # The whole diagnosis likewise.
    report = json.loads(subprocess.run([*NOBODY, copy, *os.environ["RINGBACK_RUN"].split()[1:], "-f", "json"], capture_output=True, text=True, env=ENVIRONMENT,
                                       timeout=SECONDS, check=False).stdout)
    check("rules", report["evidence"]["filter"]["readable"], False)
    check("the card", report["evidence"]["inbound"]["capture"]["running"], True)
    check("verdicts of run", {(one["service"], one["family"], one["reachable"]) for one in report["services"] if one["service"] == "443/tcp"},
          {("443/tcp", "ipv4", "yes"), ("443/tcp", "ipv6", "yes")})


def case_steered() -> None:
    """With file capabilities, and rules that libxtables has to be asked about: no code is loaded from where the caller's environment says."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        library, copy = f"{folder}/libxt_string.so", f"{folder}/ringback"
        mark = pathlib.Path(f"{library}.loaded")
        source = pathlib.Path(LAB).parent / "io/loaded_by_name/mark.cpp"
        subprocess.run(["c++", "-shared", "-fPIC", "-o", library, str(source)], check=True)
        subprocess.run(["iptables-nft", "-A", "INPUT", "-m", "string", "--string", "x", "--algo", "bm", "-j", "DROP"], check=True)
        steered = {**ENVIRONMENT, "XTABLES_LIBDIR": folder}
        subprocess.run(["iptables-nft", "-S", "INPUT"], env=steered, capture_output=True, check=False)
        check("the trap works", mark.exists(), True)
        mark.unlink()
        subprocess.run(["cp", PROGRAM, copy], check=True)
        subprocess.run(["setcap", "cap_net_raw,cap_net_admin+ep", copy], check=True)
        wait = Wait("443/tcp", "-4", "--count", "1", before=NOBODY, program=copy, environment=steered)
        check("the rules were read", wait.first["rules_readable"], True)
        knock("vantage", "tcp", MAPPED, 443)
        wait.end()
        check("code of the caller's was run by wait", mark.exists(), False)
        report = json.loads(subprocess.run([*NOBODY, copy, "-4", "-s", "443/tcp", "-f", "json"], env=steered, capture_output=True, text=True,
                                           check=False, timeout=SECONDS).stdout)
        check("the rules were read", (report["evidence"]["filter"]["readable"], "string" in report["evidence"]["filter"]["ruleset"]), (True, True))
        check("code of the caller's was run", mark.exists(), False)


def case_pipe() -> None:
    """A reader that goes ends the watch."""
    wait = Wait("443/tcp")
    wait.process.stdout.close()
    for _ in range(3):
        knock("vantage", "tcp", MAPPED, 443)
    began = time.monotonic()
    wait.process.wait(SECONDS)
    check("ended", time.monotonic() - began < SECONDS, True)
    # And one that never was there: what it would say goes into no socket that got its number.
    for closed in (">&-", ">&- 2>&-", ">&- 2>&- <&-"):
        ended = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", PROGRAM, "wait", "443/tcp"], env=ENVIRONMENT, timeout=SECONDS, check=False,
                               capture_output=True, text=True)
        check(f"its status {closed}", ended.returncode, 70)


def case_signals() -> None:
    """Whichever come together: a verdict. The same one again ends it at once, and nothing is left behind."""
    wait = Wait("443/tcp", "-4")
    knock("vantage", "tcp", MAPPED, 443)
    wait.until_settled(1)
    for each in (signal.SIGHUP, signal.SIGTERM):
        wait.process.send_signal(each)
    verdict = wait.end(signal.SIGINT, to_all=True)
    check("verdict", (verdict["ended"], verdicts(verdict)["ipv4"][0]), ("signal", "yes"))
    for count in (2, 3, 50):
        wait = Wait("443/tcp", "-4")
        (reader,) = wait.children()
        for _ in range(count):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(wait.process.pid, signal.SIGINT)
        out, err = wait.process.communicate(timeout=SECONDS)
        check("ended by the signal, or with the verdict", wait.process.returncode in (-signal.SIGINT, 3), True)
        check("no complaint", err, "")
        for line in out.splitlines(keepends=True):
            if line.endswith("\n"):
                wait.take(line)
        check("the reader has gone", until_gone(reader), True)


globals()[f"case_{CASE}"]()
print(f"ok     wait: {CASE}")
