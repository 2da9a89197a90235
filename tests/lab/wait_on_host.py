"""On a household's host: `ringback wait` while others knock, against what it should say. See test_wait.sh.

wait_on_host.py PROGRAM MAPPED CASE
"""
import contextlib
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

from jsonschema import Draft202012Validator

PROGRAM, MAPPED, CASE = sys.argv[1:4]
LAB = str(pathlib.Path(__file__).parent)
SCHEMA = Draft202012Validator(json.loads((pathlib.Path(LAB).parents[1] / "report/arrivals.schema.json").read_text()))
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
SECONDS = 30  # a busy machine must not fail the test; a program that hangs does
CALLERS = (({}, "65534"), ({"SUDO_UID": "1", "SUDO_GID": "1"}, "1"))  # root, and somebody with sudo: the environment, and whom it becomes
# A program that gave up its rights cannot be traced, which the leak checker of a build with sanitizers wants to do.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}


def host6() -> str:
    listed = subprocess.run(["ip", "-6", "-o", "address", "show", "dev", "eth0", "scope", "global"], capture_output=True, text=True, check=True).stdout
    return listed.split()[3].split("/")[0]


def knock(where: str, protocol: str, address: str, port: int, source: str = "") -> None:
    subprocess.run(["ip", "netns", "exec", where, "/usr/bin/python3", "-m", "ringlab.knock", protocol, address, str(port), source],
                   env={**os.environ, "PYTHONPATH": LAB}, stdout=subprocess.DEVNULL, check=False, timeout=SECONDS)


def inside(where: str, *command: str) -> None:
    subprocess.run(["ip", "netns", "exec", where, *command], check=True)


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
        return status_of(f"/proc/{process or self.process.pid}")

    def children(self) -> list[int]:
        return children_of(self.process.pid)

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


def children_of(process: int) -> list[int]:
    return [int(word) for word in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def status_of(folder: str) -> dict[str, str]:
    text = pathlib.Path(folder, "status").read_text()
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


def check_given_up(status: dict[str, str], user: str) -> None:
    """It is this user (and group) in every respect, may nothing, and will never again."""
    check("users", status["Uid"].split(), [user] * 4)
    check("groups", status["Gid"].split(), [user] * 4)
    check("root's groups", "0" in status["Groups"].split(), False)
    for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
        check(kind, status[kind], "0000000000000000")
    check("no_new_privs", status["NoNewPrivs"], "1")


def until_given_up(process: subprocess.Popen) -> None:
    """no_new_privs is the last that it does about it."""
    deadline = time.monotonic() + SECONDS
    while status_of(f"/proc/{process.pid}")["NoNewPrivs"] != "1":
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"{CASE}: it never gave up its rights; its status is {process.poll()}")
        time.sleep(0.002)


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
    """The process that reads the rules has one right, the one that looks names up has none, and both end with the watch, however that ends."""
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        wait = Wait("443/tcp")
        helpers = wait.children()
        of_each = [wait.status(helper) for helper in helpers]
        for status in of_each:
            check("users of a helper", status["Uid"].split(), ["65534"] * 4)
            check("no_new_privs of a helper", status["NoNewPrivs"], "1")
        for kind, expected in (("CapEff", [0, 1 << 12]), ("CapPrm", [0, 1 << 12]), ("CapInh", [0, 0]), ("CapAmb", [0, 0])):  # CAP_NET_ADMIN
            check(f"{kind} of the helpers", sorted(int(status[kind], 16) for status in of_each), expected)
        os.killpg(wait.process.pid, signal.SIGINT) if how == signal.SIGINT else wait.process.send_signal(how)
        wait.process.communicate(timeout=SECONDS)
        check(f"the helpers have gone after {how.name}", [until_gone(helper) for helper in helpers], [True, True])


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


def nobody_came(wait: Wait) -> dict:
    """Somebody at home comes all the time: what was ignored, by origin."""
    verdict = wait.end()
    check("ended by", verdict["ended"], "time")
    check("verdicts", set(verdicts(verdict).values()), {("unknown", "unknown", "inbound.untested")})
    check("exit status", verdict["exit_status"], 3)
    check("from outside", (verdict["outside"], [line for line in wait.lines if line["kind"] == "arrival"]), (0, []))
    return verdict


def origins(wait: Wait) -> set:
    return {(line["family"], line["from"].rpartition(":")[0], line["origin"]) for line in wait.lines if line["kind"] == "ignored"}


def case_hairpin() -> None:
    """A machine at home tries all the time: turned around by the router, which puts its LAN address there, and over IPv6 directly."""
    verdict = nobody_came(Wait("443/tcp", "--for", "3"))
    check("ignored", [verdict["ignored"][kind] > 0 for kind in ("router", "lan", "near")], [True, True, False])


def case_hairpin_told() -> None:
    """The router puts its internet address there, and says that it is its own. A visitor who comes meanwhile counts all the same."""
    wait = Wait("443/tcp", "-4", "-v", "--for", "3")
    verdict = nobody_came(wait)
    check("ignored", (origins(wait), verdict["ignored"]["router"] > 1), ({("ipv4", MAPPED, "router")}, True))
    inside("router", "nft", "insert", "rule", "inet", "home", "prerouting", "iifname", "wan", "tcp", "dport", "443", "dnat", "ip", "to", "192.168.178.20")
    wait = Wait("443/tcp", "-4", "--count", "1")
    knock("vantage", "tcp", MAPPED, 443)
    verdict = wait.end()
    check("a visitor", (verdicts(verdict), verdict["outside"]), ({"ipv4": ("yes", "none", None)}, 1))


def case_hairpin_untold() -> None:
    """The router does not say so; but whoever comes has passed one router alone."""
    wait = Wait("443/tcp", "-4", "-v", "--for", "3")
    verdict = nobody_came(wait)
    check("ignored", (origins(wait), verdict["ignored"]["near"] > 1), ({("ipv4", MAPPED, "near")}, True))
    check("says so", any("could be from this house" in note for note in verdict["notes"]), True)


def case_guest() -> None:
    """Another network of the home, with a prefix of its own, and the router between."""
    groups = host6().split(":")
    router, guest = ":".join(groups[:4]) + "::1", ":".join(groups[:3]) + ":77::9"
    inside("router", "ip", "route", "add", f"{guest}/128", "dev", "lan")
    inside("router", "nft", "insert", "rule", "inet", "home", "forward", "iifname", "lan", "oifname", "lan", "accept")
    inside("router", "nft", "insert", "rule", "inet", "home", "postrouting", "ip6", "saddr", guest, "accept")  # its address stays
    inside("neighbour", "ip", "address", "add", f"{guest}/128", "dev", "eth0", "nodad")
    inside("neighbour", "ip", "route", "add", f"{host6()}/128", "via", router)
    wait = Wait("443/tcp", "-6", "-v", "--for", "3")
    knock("neighbour", "tcp", host6(), 443, guest)
    verdict = nobody_came(wait)
    check("a guest", ("ipv6", f"[{guest}]", "near") in origins(wait), True)
    check("counted", verdict["ignored"]["near"], 1)


def text_of(*words: str, knocks: int, port: int = 443, terminal: bool = False) -> str:
    """What people see of a watch: knocks come as soon as it says that it waits. On a terminal Ctrl-C ends it, when so many are in; else it ends
    by itself."""
    if terminal:
        reader, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
    else:
        reader, end = os.pipe()
    count = () if terminal else ("--count", str(knocks))
    wait = subprocess.Popen([PROGRAM, "wait", *words, *count], stdin=end if terminal else None, stdout=end, start_new_session=True,
                            env={**ENVIRONMENT, "LC_ALL": "C.UTF-8", "TERM": "xterm"}, preexec_fn=(lambda: fcntl.ioctl(end, termios.TIOCSCTTY, 0)) if terminal else None)
    os.close(end)
    text, knocked = b"", False
    with contextlib.suppress(OSError):   # a terminal that nobody has open any more
        while select.select([reader], [], [], SECONDS)[0] and (piece := os.read(reader, 65536)):
            text += piece
            if not knocked and b"Now knock from outside" in text:
                knocked = True
                both(port)
            if terminal and text.count(b", connected") == knocks:
                os.write(reader, b"\x03")
                knocks = -1
    os.close(reader)
    check("its exit status is a verdict", wait.wait(SECONDS) in (0, 2, 3), True)
    return text.decode().replace("\r", "")


def has_lines(text: str, *patterns: str) -> None:
    """In this order, however long the lines are and wherever they are broken."""
    flat, at = " ".join(text.split()), 0
    for pattern in patterns:
        found = re.compile(pattern).search(flat, at)
        if not found:
            sys.exit(f"{CASE}: {pattern!r} is not said, or not there:\n{text}")
        at = found.end()


GUIDE = (r"Waiting for somebody outside to come to 443/tcp\. Ctrl-C ends it( earlier)?\.", r"Now knock from outside: 1\. Take a phone",
         f"Over IPv4: open https://{re.escape(MAPPED)} in its browser", r"Over IPv6: open https://\[[0-9a-f:]+\] in its browser")
FOUR, SIX = r"\d\d:\d\d:\d\d [\d.]+:\d+ IPv4 port 443/tcp:? ", r"\d\d:\d\d:\d\d \[[0-9a-f:]+\]:\d+ IPv6 port 443/tcp:? "


def case_text_ufw() -> None:
    text = text_of("443/tcp", knocks=2)
    has_lines(text, *GUIDE, FOUR + "no answer yet", FOUR + r"no answer \(tried \d times\)",
              r'The packet filter drops it: "policy drop" in the chain INPUT of the table ip filter\.',
              r"443/tcp over IPv4: visitors do not get in\. This host's own firewall keeps visitors out\.", "1 attempt from outside: 1 without an answer",
              "sudo ufw allow 443/tcp", "443/tcp over IPv6: visitors do not get in", "/etc/default/ufw has to say IPV6=yes", "sudo ufw allow 443/tcp")
    has_lines(text, SIX + "no answer yet", SIX + "no answer", "in the chain INPUT of the table ip6 filter")


def case_text_docker() -> None:
    text = text_of("443/tcp", knocks=2)
    has_lines(text, *GUIDE, FOUR + r"no answer \(tried", 'tcp dport 80 counter drop" in the chain DOCKER-USER of the table ip filter',
              "443/tcp over IPv4: visitors do not get in", "sudo iptables -I DOCKER-USER -p tcp --dport 80 -j RETURN", r"443/tcp over IPv6: visitors get in\.")
    has_lines(text, SIX + r"answered by \S+, connected")
    check("other tools' words", ("ufw" in text, "nft " in text), (False, False))


def case_text_vpn() -> None:
    """Who comes over IPv6 gets in; over IPv4 he is answered into the tunnel."""
    text = text_of("443/tcp", knocks=2)
    has_lines(text, *GUIDE, FOUR + r"answered by \S+, \d times, and the answer does not get there", "It arrived by eth0 and was answered by tun0",
              r"443/tcp over IPv4: visitors do not get in\. This host answers, but the answer gets lost\. \(likely, not certain\)",
              "Answers to visitors leave through tun0, a tunnel", r"sudo ip -4 route add default via 192\.168\.178\.1 dev eth0 table 100",
              r"443/tcp over IPv6: visitors get in\.")
    has_lines(text, SIX + r"answered by \S+, connected")


def case_text_two_cards() -> None:
    """On a terminal, with the colours of one, and ended by Ctrl-C."""
    text = text_of("443/tcp", knocks=2, terminal=True)
    check("coloured", "\x1b[1;32manswered by" in text, True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    check("no line is wider than the terminal", max(map(len, plain.splitlines())) <= 100, True)
    has_lines(plain, *GUIDE, FOUR + r"answered by \S+, connected", r"443/tcp over IPv4 and IPv6: visitors get in\.",
              "IPv4: 1 attempt from outside: 1 answered and connected")
    has_lines(plain, SIX + r"answered by \S+, connected")


def case_privilege() -> None:
    for environment, user in CALLERS:
        wait = Wait("443/tcp", environment=environment)
        check_given_up(wait.status(), user)
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
    check_given_up(wait.status(), "65534")
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


@contextlib.contextmanager
def silence():
    """Nothing leaves this host, so that a run waits for answers until its deadline."""
    subprocess.run(["nft", "-f", "-"], input="table inet silence { chain output { type filter hook output priority 0; oifname eth0 drop; }; }", text=True, check=True)
    try:
        yield
    finally:
        subprocess.run(["nft", "delete", "table", "inet", "silence"], check=True)


def watch_run(user: str, environment=None, before: tuple[str, ...] = (), program: str = PROGRAM) -> dict:
    """A whole diagnosis, and each of its threads looked at again and again while it lasts."""
    command = [*before, program, *os.environ["RINGBACK_RUN"].split()[1:], "--deadline", "4", "-f", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**ENVIRONMENT, **(environment or {})}) as process:
        until_given_up(process)
        most_threads, looks = 0, 0
        while process.poll() is None and not select.select([process.stdout], [], [], 0.02)[0]:
            threads = list(pathlib.Path(f"/proc/{process.pid}/task").iterdir())
            for thread in threads:
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):   # it has ended
                    check_given_up(status_of(str(thread)), user)
            most_threads, looks = max(most_threads, len(threads)), looks + 1
        report = json.loads(process.stdout.read())
    check("its probes were looked at while they waited", (most_threads > 4, looks > 20), (True, True))
    check("the card", report["evidence"]["inbound"]["capture"]["running"], True)
    return report


NET_ADMIN, DAC_OVERRIDE, DAC_READ_SEARCH = 1 << 12, 1 << 1, 1 << 2


def rights_of_helpers(process: subprocess.Popen, user: str) -> set[tuple[str, int]]:
    """User and capabilities of each child that may do more than the program itself, or is somebody else. None of them can gain any."""
    rights = set()
    for child in children_of(process.pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):   # it has ended
            status = status_of(f"/proc/{child}")
            check(f"users of {child}", len(set(status["Uid"].split())), 1)
            check(f"no_new_privs of {child}", status["NoNewPrivs"], "1")
            check(f"capabilities of {child} to be handed on", (int(status["CapInh"], 16), int(status["CapAmb"], 16)), (0, 0))
            check(f"capabilities of {child} not in use", status["CapPrm"], status["CapEff"])
            rights.add((status["Uid"].split()[0], int(status["CapEff"], 16)))
    return rights - {(user, 0)}


def watch_helpers(command: list[str], environment: dict, user: str, expected: set[tuple[str, int]]) -> None:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**ENVIRONMENT, **environment}) as process:
        until_given_up(process)
        time.sleep(0.1)   # the youngest child was forked a moment before
        looks, until = 0, time.monotonic() + 1.5   # before the deadline comes, with which the helpers end first
        while process.poll() is None and looks < 50 and time.monotonic() < until:
            check(f"helpers of {command[1]}", rights_of_helpers(process, user), expected)
            looks += 1
            time.sleep(0.02)
        process.wait(SECONDS)
    check("they were looked at while the probes waited", looks > 5, True)


def case_helpers() -> None:
    """What stays behind of root while run and check look at what comes from others: the readers and writers of files, each with its one right."""
    program, _, *options = os.environ["RINGBACK_RUN"].split()
    with tempfile.TemporaryDirectory() as folder, silence():
        os.chmod(folder, 0o777)
        for (environment, user), own in zip(CALLERS, ({("0", DAC_OVERRIDE)}, set()), strict=True):
            report, state = f"{folder}/report-{user}.json", f"{folder}/state-{user}"
            to_file = [*options, "--deadline", "4", "-f", "json", "-o", report]
            watch_helpers([program, "run", *to_file], environment, user, {(user, NET_ADMIN)} | own)
            check("the report is whose", os.stat(report).st_uid, 0 if own else int(user))
            keeper = {("0", DAC_READ_SEARCH)} if own else set()   # in a folder that a caller named he has his own rights
            watch_helpers([program, "check", *to_file, "--state", state], environment, user, {(user, NET_ADMIN)} | own | keeper)
            check("the memory is whose", os.stat(f"{state}/history.sqlite").st_uid, 0 if own else int(user))


def blocked_show(report: str, environment: dict) -> tuple[subprocess.Popen, int]:
    """`show`, whose reader has not begun to read: more is to be written than the pipe takes."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    process = subprocess.Popen([PROGRAM, "show", report, "--rediagnose", "-f", "html"], stdout=writer, env={**ENVIRONMENT, **environment})
    os.close(writer)
    return process, reader


def case_given_up() -> None:
    """What run, read and show may while they look at what comes from others: nothing, as whoever they were called."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        stored, copy = f"{folder}/report.json", f"{folder}/ringback"
        with open(stored, "wb") as report:
            subprocess.run([*os.environ["RINGBACK_RUN"].split(), "-f", "json"], stdout=report, env=ENVIRONMENT, timeout=SECONDS, check=False)
        subprocess.run(["cp", PROGRAM, copy], check=True)
        subprocess.run(["setcap", "cap_net_raw,cap_net_admin+ep", copy], check=True)
        with silence():
            for environment, user in CALLERS:
                check("the rules", watch_run(user, environment)["evidence"]["filter"]["readable"], True)
            check("the rules, with file capabilities", watch_run("65534", before=NOBODY, program=copy)["evidence"]["filter"]["readable"], True)
        capture = (pathlib.Path(LAB).parents[1] / "fixtures/capture/connected.pcap").read_bytes()
        for environment, user in CALLERS:
            reading = subprocess.Popen([PROGRAM, "read", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**ENVIRONMENT, **environment})
            until_given_up(reading)   # not a byte of the file has been there to be read
            check_given_up(status_of(f"/proc/{reading.pid}"), user)
            check("visitors get in", b"visitors get in" in reading.communicate(capture, timeout=SECONDS)[0], True)
            check("read's exit status", reading.returncode, 0)
            shown, reader = blocked_show(stored, environment)
            until_given_up(shown)
            select.select([reader], [], [], SECONDS)   # it has begun to write, so it has read and judged the report
            check_given_up(status_of(f"/proc/{shown.pid}"), user)
            with open(reader, "rb") as page:
                check("the page", page.read().rstrip().endswith(b"</html>"), True)
            check("show's exit status", shown.wait(SECONDS), 0)


SYSTEM_CALLS = "socket,close,prctl,poll,ppoll,recvfrom,recvmsg,recvmmsg,read,openat"


def calls(trace: str):
    """(process, call with its arguments and result), as they ended. One that strace had to break off for another process's is put together."""
    begun = {}
    for line in pathlib.Path(trace).read_text(errors="replace").splitlines():
        process, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            begun[process] = call.removesuffix("<unfinished ...>")
            continue
        if call.startswith("<... "):
            call = begun.pop(process, "") + call.partition(" resumed>")[2]
        yield process, call


def split_at_drop(trace: str) -> tuple[list[str], list[str]]:
    """What the program's first process did before its rights were gone, and what it and its threads did after that."""
    before, after, first, dropped = [], [], None, False
    for process, call in calls(trace):
        first = first or process
        if process == first and call.startswith("prctl(PR_SET_NO_NEW_PRIVS, 1"):
            dropped = True
        elif dropped:
            after.append(call)
        elif process == first:
            before.append(call)
    check("it gave up its rights", dropped, True)
    return before, after


def check_order(trace: str) -> None:
    """No packet was waited for or read, from the card or anybody else, before the rights were gone; and from the card some were, after that."""
    before, after = split_at_drop(trace)
    foreign = {}
    for call in before:
        if made := re.match(r"socket\((AF_PACKET|AF_INET6?),.* = (\d+)", call):
            foreign[made[2]] = made[1]
        elif closed := re.match(r"close\((\d+)\)", call):
            foreign.pop(closed[1], None)
        used = {one for one in re.findall(r"fd=(\d+)", call)} if "poll(" in call else {one for one in re.findall(r"^(?:recv\w+|read)\((\d+),", call)}
        # libpcap empties a new socket, byte by byte, which nobody looks at.
        emptied = re.match(r"recvfrom\(\d+, [^,]*, 1, MSG_TRUNC,", call)
        check(f"before: {call[:200]}", bool(used & foreign.keys()) and not emptied, False)
    cards = {number for number, family in foreign.items() if family == "AF_PACKET"}
    check("cards were open by then", len(cards) >= 2, True)
    waited = {one for call in after if "poll(" in call for one in re.findall(r"fd=(\d+)", call)}
    check("and were watched after that", cards <= waited, True)


def case_order() -> None:
    """Captured packets are parsed after the rights are gone, in run, wait and read."""
    if not shutil.which("strace"):
        print("       order: strace is not here (scripts/need test), so it was not looked at")
        return
    with tempfile.TemporaryDirectory() as folder:
        trace, capture = f"{folder}/trace", f"{folder}/a.pcap"
        strace = ("strace", "-f", "-o", trace, "-e", f"trace={SYSTEM_CALLS}")
        subprocess.run([*strace, *os.environ["RINGBACK_RUN"].split(), "-f", "json"], stdout=subprocess.DEVNULL, env=ENVIRONMENT, timeout=2 * SECONDS, check=False)
        check_order(trace)
        wait = Wait("443/tcp", "-4", "--count", "1", before=strace)
        knock("vantage", "tcp", MAPPED, 443)
        check("verdict of wait", verdicts(wait.end())["ipv4"][0], "yes")
        check_order(trace)
        shutil.copy(pathlib.Path(LAB).parents[1] / "fixtures/capture/connected.pcap", capture)
        subprocess.run([*strace, PROGRAM, "read", capture], stdout=subprocess.DEVNULL, env=ENVIRONMENT, timeout=SECONDS, check=True)
        before, after = split_at_drop(trace)
        (opened,) = (call.rpartition(" = ")[2] for call in before if call.startswith("openat") and f'"{capture}"' in call)
        is_read = [any(call.startswith(f"read({opened},") for call in part[part_from:])
                   for part, part_from in ((before, next(i for i, call in enumerate(before) if f'"{capture}"' in call)), (after, 0))]
        check("the file was read before, and after", is_read, [False, True])


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
        helpers = wait.children()
        for _ in range(count):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(wait.process.pid, signal.SIGINT)
        out, err = wait.process.communicate(timeout=SECONDS)
        check("ended by the signal, or with the verdict", wait.process.returncode in (-signal.SIGINT, 3), True)
        check("no complaint", err, "")
        for line in out.splitlines(keepends=True):
            if line.endswith("\n"):
                wait.take(line)
        check("the helpers have gone", [until_gone(helper) for helper in helpers], [True, True])


globals()[f"case_{CASE}"]()
print(f"ok     wait: {CASE}")
