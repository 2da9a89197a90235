"""On a household's host where all is well: `ringback check` and `ringback history`. See test_check.sh. RINGBACK_RUN is the line of a run."""
import collections
import contextlib
import http.server
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from systemd_unit import allowed, made, require_tight

PROGRAM, _, *OPTIONS = shlex.split(os.environ["RINGBACK_RUN"])
SECONDS = 60  # a busy machine must not fail the test; a program that hangs does
# A program that gave up its rights cannot be traced, which the leak checker of a build with sanitizers wants to do.
ENVIRONMENT = {**{key: value for key, value in os.environ.items() if key not in ("STATE_DIRECTORY", "XDG_STATE_HOME")}, "ASAN_OPTIONS": "detect_leaks=0"}
LINE = re.compile(r"^(OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+ \| time=\d+\.\d{3}s;;;0;10 reachable=\d+;;;0;\d+ unreachable=\d+;;;0;\d+ untested=\d+;;;0;\d+ "
                  r"errors=\d+;;0;0; warnings=\d+;0;;0;\n")
ROOT = pathlib.Path(__file__).resolve().parents[2]
UNIT, CONFIGURATION, README = ROOT / "src/commands/ringback-check.service", ROOT / "src/commands/ringback-check.conf", ROOT / "README.md"
DROP = "table inet test { chain input { type filter hook input priority 0; tcp dport 443 drop; }; }"
BLIND = [re.sub(r"^(http://.*):\d+$", r"\1:1", word) for word in OPTIONS]  # the vantage point's host, and nobody there


def ringback(*words: str, before: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run([*before, PROGRAM, *words], capture_output=True, text=True, timeout=SECONDS, check=False, stdin=subprocess.DEVNULL,
                          env={**ENVIRONMENT, **environment})


class Check(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ringback-check-"))
        self.state = self.folder / "state"
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, *words: str, options: list[str] | None = None, **more) -> subprocess.CompletedProcess:
        done = ringback("check", *(OPTIONS if options is None else options), "--state", str(self.state), *words, **more)
        self.assertEqual(done.stderr, "", done.stdout)
        return done

    def says(self, done: subprocess.CompletedProcess, word: str, status: int) -> str:
        self.assertRegex(done.stdout, LINE)
        self.assertTrue(done.stdout.startswith(word + " - "), done.stdout)
        self.assertEqual(done.returncode, status, done.stdout)
        return done.stdout

    def history(self, *words: str) -> subprocess.CompletedProcess:
        done = ringback("history", "--state", str(self.state), *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def periods(self) -> list[dict]:
        return json.loads(self.history("--json").stdout)["periods"]

    def break_it(self) -> None:
        subprocess.run(["nft", DROP], check=True)
        self.addCleanup(subprocess.run, ["nft", "delete table inet test"], check=False, stderr=subprocess.DEVNULL)

    def mend_it(self) -> None:
        subprocess.run(["nft", "delete table inet test"], check=True)

    def test_all_is_well(self) -> None:
        text = self.says(self.check(), "OK", 0)
        self.assertEqual(text.count("\n"), 1, text)
        self.assertIn("443/tcp can be reached from the internet over IPv4 and IPv6", text)
        self.assertIn("reachable=2;;;0;2 unreachable=0;;;0;2 untested=0;;;0;2 errors=0;;0;0; warnings=0;0;;0;", text)
        self.assertIn("(since 20", self.says(self.check(), "OK", 0))

    def test_cron_hears_of_what_is_wrong_alone(self) -> None:
        self.assertEqual(self.check("-q").stdout, "")
        self.break_it()
        self.says(self.check("-q"), "CRITICAL", 2)

    def test_what_changed(self) -> None:
        self.says(self.check("--on-change"), "OK", 0)
        done = self.check("--on-change")
        self.assertEqual((done.stdout, done.returncode), ("", 0))
        self.break_it()
        text = self.says(self.check("--on-change"), "CRITICAL", 2)
        self.assertIn("[inbound.host-firewall]", text)
        self.assertRegex(text, r"A check at 20.* still reached it\.")
        self.assertIn("What to do: ", text)
        self.assertIn("More: ringback explain inbound.host-firewall", text)
        done = self.check("--on-change")
        self.assertEqual((done.stdout, done.returncode), ("", 2))
        self.mend_it()
        self.says(self.check("--on-change"), "OK", 0)
        self.assertEqual([(one["level"], one["checks"]) for one in self.periods()], [("ok", 2), ("critical", 2), ("ok", 1)])

    def test_what_flaps_is_held_back(self) -> None:
        self.check("--hold", "2")
        self.break_it()
        text = self.says(self.check("--hold", "2"), "OK", 0)
        self.assertIn("as before; this check alone says CRITICAL", text)
        time.sleep(1)  # moments are whole seconds
        self.assertIn("(since 20", self.says(self.check("--hold", "2", "--on-change"), "CRITICAL", 2))
        self.mend_it()
        done = self.check("--hold", "2", "--on-change")
        self.assertEqual((done.stdout, done.returncode), ("", 2))

    def test_the_service_announces_what_held_twice(self) -> None:
        self.assertRegex(UNIT.read_text(), r"(?m)^Environment=RINGBACK_CHECK_OPTIONS= XDG_CONFIG_HOME=/usr/local/share$")
        (self.folder / "share" / "ringback").mkdir(parents=True)
        shutil.copy(CONFIGURATION, self.folder / "share" / "ringback" / "ringback.conf")
        service = {"XDG_CONFIG_HOME": str(self.folder / "share")}
        self.check(**service)
        self.break_it()
        self.says(self.check(**service), "OK", 0)
        self.says(self.check(**service), "CRITICAL", 2)
        # What the configuration says goes before the service's own.
        self.mend_it()
        if not (etc := pathlib.Path("/etc/ringback")).exists():
            etc.mkdir()
            self.addCleanup(etc.rmdir)
        configured = ("unshare", "--mount", "sh", "-ec", 'mount -t tmpfs tmpfs /etc/ringback; echo "hold = 1" >/etc/ringback/ringback.conf; exec "$0" "$@"')
        self.says(self.check(before=configured, **service), "OK", 0)

    def test_an_outage_does_not_begin_with_what_could_not_be_measured(self) -> None:
        self.check("--hold", "2")
        self.says(self.check("--hold", "2", options=BLIND), "OK", 0)
        self.break_it()
        self.assertIn("as before; this check alone says CRITICAL", self.says(self.check("--hold", "2"), "OK", 0))
        self.says(self.check("--hold", "2"), "CRITICAL", 2)

    def test_a_change_that_could_not_be_said_is_said_by_the_next_check(self) -> None:
        self.check("--on-change")
        self.break_it()
        with open("/dev/full", "w") as full:
            subprocess.run([PROGRAM, "check", *OPTIONS, "--state", str(self.state), "--on-change"], stdout=full, stderr=subprocess.DEVNULL, env=ENVIRONMENT, timeout=SECONDS, check=False)
        time.sleep(1)  # moments are whole seconds
        self.assertIn("(since 20", self.says(self.check("--on-change"), "CRITICAL", 2))
        self.assertEqual(self.check("--on-change").stdout, "")

    def test_a_change_is_said_before_others_are_told(self) -> None:
        self.check("--on-change")
        self.break_it()
        with socket.create_server(("127.0.0.1", 0)) as silent:
            words = ["--state", str(self.state), "--on-change", "--ping", f"http://127.0.0.1:{silent.getsockname()[1]}/x"]
            process = subprocess.Popen([PROGRAM, "check", *OPTIONS, *words], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
            silent.settimeout(SECONDS)
            held = []
            while True:
                held.append(silent.accept()[0])
                if held[-1].recv(100).startswith(b"POST /x/2 "):  # of the end
                    break
            process.kill()
            text, _ = process.communicate(timeout=SECONDS)
            for one in held:
                one.close()
        self.assertTrue(text.startswith("CRITICAL - "), text)

    def test_a_ping_that_is_never_answered(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:  # the kernel accepts
            port = silent.getsockname()[1]
            words = [PROGRAM, "check", *OPTIONS, "--state", str(self.state)]
            begun = time.monotonic()
            first = subprocess.Popen([*words, "--ping", f"http://127.0.0.1:{port}/x"], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
            second = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
            text, _ = first.communicate(timeout=SECONDS)
            took = time.monotonic() - begun
            other, _ = second.communicate(timeout=SECONDS)
        self.assertEqual((first.returncode, text[:5], second.returncode, other[:5]), (0, "OK - ", 0, "OK - "), text + other)
        self.assertRegex(text, rf"\nBeside the check: Ping: http://127\.0\.0\.1:{port} did not answer in \d s\n")
        self.assertNotIn("Beside the check", other)
        self.assertEqual([one["checks"] for one in self.periods()], [2])
        runs = sum(float(re.search(r" time=([\d.]+)s", said)[1]) for said in (text, other))  # the other one may have been first
        self.assertLess(took, runs + 5 + 4, "five seconds after the run, and some for a busy machine")

    def test_what_could_not_be_measured_is_unknown(self) -> None:
        text = self.says(self.check(options=BLIND), "UNKNOWN", 3)
        self.assertIn("measure.vantage-down", text)

    def test_history_tells_when_it_broke(self) -> None:
        self.check()
        self.break_it()
        self.check()
        text = self.history().stdout
        self.assertRegex(text, r"^Worked until 20..-..-.. ..:.. UTC, then: .*443/tcp")
        self.assertIn("CRITICAL", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80, text)
        html = self.history("-f", "html").stdout
        self.assertIn("<svg", html)
        self.assertIn("Worked until", html)
        self.assertNotIn("<script", html)
        lines = self.history("--json").stdout.splitlines()
        self.assertEqual(len(lines), 1)
        file = self.folder / "history.json"
        file.write_text(lines[0])
        said = subprocess.run([sys.executable, ROOT / "tests/report/validate.py", ROOT / "report/history.schema.json", file], capture_output=True, text=True)
        self.assertEqual((said.stdout, said.stderr), ("history.json: valid\n", ""))
        self.assertEqual(json.loads(self.history("--json", "--since", "2099-01-01").stdout)["periods"], [])
        self.assertEqual(len(json.loads(self.history("--json", "--since", "7d").stdout)["periods"]), 2)

    def test_reports_concatenate(self) -> None:
        text = "".join(self.check("-f", "json").stdout for _ in range(3))
        self.assertEqual([json.loads(line)["schema"] for line in text.splitlines()], ["ringback.report/1"] * 3)
        past = json.loads(text.splitlines()[2])["evidence"]["past"]
        self.assertEqual(past["checks"], 2)
        file = self.folder / "report.json"
        self.says(self.check("-f", "json", "-o", str(file)), "OK", 0)
        self.assertEqual(json.loads(file.read_text())["schema"], "ringback.report/1")
        lines = self.folder / "lines.jsonl"
        lines.write_text(text)
        said = subprocess.run([sys.executable, ROOT / "tests/report/validate.py", ROOT / "report/schema.json", lines, file], capture_output=True, text=True)
        self.assertEqual((said.stdout, said.stderr), ("lines.jsonl:1: valid\nlines.jsonl:2: valid\nlines.jsonl:3: valid\nreport.json: valid\n", ""))

    def test_redacted(self) -> None:
        self.break_it()
        text = self.says(self.check("--redact", "-v"), "CRITICAL", 2) + self.check("--redact", "-f", "json").stdout
        report = json.loads(self.check("-f", "json").stdout)
        for secret in [report["connection"]["ipv4"]["mapped_address"], *report["connection"]["ipv6"]["stable_addresses"], report["names"][0]["name"]]:
            self.assertNotIn(secret, text)
        # Nor beside it, in either form.
        self.state = pathlib.Path("/proc/schulze/here")
        where = ["--redact", "--prometheus", "/proc/schulze.prom", "--ping", "http://schulze-online.invalid/x", "--mqtt", "mqtt://127.0.0.1:1"]
        text = self.says(self.check(*where), "CRITICAL", 2)
        self.assertEqual(text.count("Beside the check: "), 5, text)  # of the ping two, the start and the end
        done = ringback("check", *OPTIONS, "--state", str(self.state), *where, "-f", "json")
        self.assertEqual(done.stderr.count("beside the check: "), 5, done.stderr)
        self.assertNotIn("schulze", text + done.stdout + done.stderr)

    def test_published(self) -> None:
        """The real servers are asked in tests/publish; here it is that a check tells them at all, and what it says of itself where it cannot."""
        told = []

        class Pings(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told.append((self.path, self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
                self.send_response(200)
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pings)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        metrics = self.folder / "ringback.prom"
        self.break_it()
        where = ["--prometheus", str(metrics), "--ping", f"http://127.0.0.1:{server.server_port}/secret-uuid"]
        self.assertNotIn("Beside the check", self.says(self.check(*where), "CRITICAL", 2))
        self.assertEqual([path for path, _ in told], ["/secret-uuid/start", "/secret-uuid/2"])
        self.assertIn("443/tcp cannot be reached", told[1][1])
        self.assertIn('ringback_service_reachable{', metrics.read_text())
        self.assertEqual(metrics.stat().st_mode & 0o777, 0o644)
        # Nobody there, no URL, a file that cannot be written: sentences, and the same verdict.
        where = ["--prometheus", "/proc/none.prom", "--ping", "http://127.0.0.1:1/secret-uuid", "--mqtt", "mqtt://user:hunter2@127.0.0.1", "--pushgateway", "nonsense"]
        text = self.says(self.check(*where), "CRITICAL", 2)
        self.assertGreaterEqual(text.count("Beside the check: "), 4, text)
        self.assertNotIn("secret-uuid", text)
        self.assertNotIn("hunter2", text)

    def test_a_broker_that_accepts_and_never_answers(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:  # the kernel accepts
            port = silent.getsockname()[1]
            text = self.says(self.check("--mqtt", f"mqtt://127.0.0.1:{port}"), "OK", 0)
        self.assertRegex(text, rf"\nBeside the check: MQTT: 127\.0\.0\.1:{port} did not answer in \d s\n")

    def test_a_password_that_others_may_read(self) -> None:
        password = self.folder / "password"
        password.write_text("hunter2\n")
        password.chmod(0o644)
        text = self.says(self.check("--mqtt", "mqtt://me@127.0.0.1:1", "--mqtt-password-file", str(password)), "OK", 0)
        self.assertRegex(text, r"\nBeside the check: .*is open to others than its owner; do this: chmod 600")
        self.assertNotIn("hunter2", text)

    def test_a_broker_is_told_and_forgets_on_demand(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        config = self.folder / "mosquitto.conf"
        config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type error\nuser root\n")
        broker = subprocess.Popen(["mosquitto", "-c", str(config)])
        self.addCleanup(broker.wait, SECONDS)
        self.addCleanup(broker.terminate)

        def held() -> list[str]:
            done = subprocess.run(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(port), "-t", "#", "-v", "--retained-only", "-W", "1"], capture_output=True, text=True, check=False,
                                  timeout=SECONDS)
            return [line for line in done.stdout.splitlines() if "attic" in line]

        deadline = time.monotonic() + SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            self.assertLess(time.monotonic(), deadline, "mosquitto does not listen")
            time.sleep(0.1)
        where = ["--mqtt", f"mqtt://127.0.0.1:{port}", "--instance", "attic"]
        self.assertNotIn("Beside the check", self.says(self.check(*where), "OK", 0))
        self.assertTrue(held())
        done = self.check(*where, "--mqtt-remove")
        self.assertEqual((done.stdout, done.returncode), ("OK - the broker holds nothing of this host any more\n", 0))
        self.assertEqual(held(), [])

    def test_two_at_once(self) -> None:
        both = [subprocess.Popen([PROGRAM, "check", *OPTIONS, "--state", str(self.state)], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) for _ in range(2)]
        for one in both:
            text, _ = one.communicate(timeout=SECONDS)
            self.assertEqual((one.returncode, text[:5]), (0, "OK - "), text)
            self.assertNotIn("Beside the check", text)
        self.assertEqual([one["checks"] for one in self.periods()], [2])

    def test_somebody_else_holds_it_for_ever(self) -> None:
        self.check()
        holder = subprocess.Popen(["flock", str(self.state / "lock"), "sleep", "1000"])
        try:
            while subprocess.run(["flock", "-n", str(self.state / "lock"), "true"], check=False).returncode == 0:
                time.sleep(0.05)
            self.break_it()
            done = self.check("--deadline", "4", "--hold", "2")
        finally:
            subprocess.run(["pkill", "-P", str(holder.pid)], check=False)
            holder.wait(SECONDS)
        self.assertEqual((done.returncode, done.stdout[:11]), (2, "CRITICAL - "), done.stdout)
        self.assertRegex(done.stdout, r"\nBeside the check: another check has held .*/lock for 6 s; so this one is not remembered, and what it found is not held back\n")
        self.assertEqual([one["checks"] for one in self.periods()], [1])

    def test_killed_at_any_moment(self) -> None:
        self.check()
        chance = random.Random(1)
        for _ in range(15):
            process = subprocess.Popen([PROGRAM, "check", *OPTIONS, "--state", str(self.state)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
            time.sleep(chance.uniform(0, 1.5))
            process.kill()
            process.wait(SECONDS)
        self.assertNotIn("Beside the check", self.says(self.check(), "OK", 0))
        self.assertFalse(list(self.state.glob("*.damaged")))
        self.assertEqual(len(self.periods()), 1)

    def test_killed_at_each_write(self) -> None:
        """Whole or nothing, wherever the one who writes ends: while a memory is begun, and while there is one."""
        quick = [PROGRAM, "check", "--only", "host", "--no-third-party", "--state"]
        before = self.folder / "before"
        subprocess.run([*quick, str(before)], env=ENVIRONMENT, timeout=SECONDS, check=False, stdout=subprocess.DEVNULL)
        for remembered in (0, 1):
            for number in range(1, 100):
                state = self.folder / f"killed-{remembered}-{number}"
                if remembered:
                    shutil.copytree(before, state)
                injected = ["strace", "--follow-forks", "--quiet=all", f"--output={self.folder / 'trace'}", "--trace=pwrite64,fdatasync,fsync,ftruncate,unlink",
                            f"--inject=pwrite64,fdatasync,fsync,ftruncate,unlink:signal=KILL:when={number}"]
                subprocess.run([*injected, *quick, str(state)], env=ENVIRONMENT, timeout=SECONDS, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                writes = collections.Counter(re.findall(r"^(\d+) +\w+\(", (self.folder / "trace").read_text(), re.MULTILINE))
                if max(writes.values()) < number:
                    break  # all of them were made
                with self.subTest(remembered=remembered, write=number):
                    done = subprocess.run([*quick, str(state)], env=ENVIRONMENT, timeout=SECONDS, check=False, capture_output=True, text=True)
                    self.assertNotIn("Beside the check", done.stdout)
                    self.assertFalse(list(state.glob("*.damaged")))
                    with contextlib.closing(sqlite3.connect(state / "history.sqlite")) as memory:
                        self.assertEqual(memory.execute("PRAGMA integrity_check").fetchone(), ("ok",))
                        self.assertIn(memory.execute("SELECT sum(checks) FROM period").fetchone()[0], (remembered + 1, remembered + 2))
            self.assertIn(number, range(5, 99), "so many writes are none of a check")

    def test_what_is_older_than_is_kept_is_forgotten(self) -> None:
        self.check()
        with contextlib.closing(sqlite3.connect(self.state / "history.sqlite", isolation_level=None)) as memory:
            self.assertEqual(memory.execute("PRAGMA journal_mode").fetchone(), ("wal",))
            # A row without a checksum is an earlier version's.
            memory.execute("UPDATE period SET began = began - 3 * 86400, last = last - 3 * 86400, checksum = NULL")
        self.check("--keep", "7")
        self.assertEqual([one["checks"] for one in self.periods()], [1, 1])
        self.check("--keep", "1")
        self.assertEqual([one["checks"] for one in self.periods()], [1, 2], "so few checks may have a clock that is ahead")
        with contextlib.closing(sqlite3.connect(self.state / "history.sqlite", isolation_level=None)) as memory:
            memory.execute("UPDATE period SET checks = 12, checksum = NULL WHERE checks = 2")
        self.check("--keep", "1")
        self.assertEqual([one["checks"] for one in self.periods()], [13])

    def test_the_disk_is_full(self) -> None:
        self.state.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(self.state)], check=True)
        self.addCleanup(subprocess.run, ["umount", str(self.state)], check=True)
        self.says(self.check(), "OK", 0)
        with contextlib.suppress(OSError), (self.state / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(b"x" * 4096)
        text = self.says(self.check(), "OK", 0)
        self.assertIn("Beside the check: ", text)
        self.assertRegex(text, r"full|No space")
        (self.state / "ballast").unlink()
        self.assertNotIn("Beside the check", self.says(self.check(), "OK", 0))

    def test_the_memory_is_damaged(self) -> None:
        self.check()
        file = self.state / "history.sqlite"
        file.write_bytes(os.urandom(file.stat().st_size))
        text = self.says(self.check(), "OK", 0)
        self.assertIn("Beside the check: The memory of earlier checks was damaged", text)
        self.assertTrue((self.state / "history.sqlite.damaged").exists())
        self.assertNotIn("Beside the check", self.says(self.check(), "OK", 0))
        self.assertEqual([one["checks"] for one in self.periods()], [2])

    def test_the_folder_cannot_be_written(self) -> None:
        self.state = pathlib.Path("/proc/nothing/here")
        text = self.says(self.check("--on-change"), "OK", 0)
        self.assertIn("Beside the check: make /proc/nothing: ", text)

    def test_wrong_usage_is_said_where_monitoring_reads_it(self) -> None:
        for words in (["--nonsense"], ["--hold", "0"], ["--interface", "none9"], ["--deadline", "x"]):
            done = self.check(*words)
            self.assertEqual(done.returncode, 3, words)
            self.assertRegex(done.stdout, r"^UNKNOWN - [^\n]*\n$")
        file = self.folder / "wrong.conf"
        file.write_text("service = 443/tcp\nping https://hc-ping.com/secret-uuid\n")
        done = self.check("--config", str(file))
        self.assertEqual((done.returncode, done.stdout), (3, f"UNKNOWN - wrong usage: {file}: line 2 has no =; write KEY = VALUE, as in service = 443/tcp\n"))
        done = self.check("https://hc-ping.com/secret-uuid")
        self.assertRegex(done.stdout, r'^UNKNOWN - wrong usage: "https://hc-ping.com" is no option[^\n]*\n$')

    def test_among_reports_nothing_else_is_said(self) -> None:
        for words in (["--nonsense"], ["--hold", "0"], ["--interface", "none9"]):
            done = ringback("check", *OPTIONS, "--state", str(self.state), "-f", "json", *words)
            self.assertEqual((done.stdout, done.returncode), ("", 3), words)
            self.assertRegex(done.stderr, r"^ringback: [^\n]+\n$")

    def test_by_a_user_of_its_own(self) -> None:
        self.folder.chmod(0o777)
        capabilities = ",".join(f"+{one.removeprefix('CAP_').lower()}" for one in re.search(r"^AmbientCapabilities=(.*)$", UNIT.read_text(), re.MULTILINE)[1].split())
        service = ("setpriv", "--reuid=61111", "--regid=61111", "--clear-groups", f"--inh-caps={capabilities}", f"--ambient-caps={capabilities}",
                   f"--bounding-set=-all,{capabilities}", "--no-new-privs")
        self.break_it()
        text = self.says(self.check(before=service), "CRITICAL", 2)
        self.assertIn("[inbound.host-firewall]", text)  # the card and the rules were seen
        self.assertEqual(self.state.stat().st_uid, 61111)
        # root looks, and leaves the service everything that is its own
        self.says(self.check(), "CRITICAL", 2)
        self.assertEqual({file.stat().st_uid for file in self.state.iterdir()}, {61111})
        self.assertEqual([one["checks"] for one in self.periods()], [2])
        calls = self.folder / "calls"
        text = self.says(self.check(before=(*service, "strace", "--follow-forks", "--quiet=all", f"--output={calls}")), "CRITICAL", 2)
        self.assertNotIn("Beside the check", text)
        surplus = made(calls.read_text()) - allowed(UNIT.read_text())
        self.assertFalse(surplus, "the unit would keep it from these")

    def test_the_units(self) -> None:
        unit = self.folder / UNIT.name
        unit.write_text(UNIT.read_text().replace("/usr/local/bin/ringback", PROGRAM))
        timer = self.folder / "ringback-check.timer"
        shutil.copy(UNIT.with_suffix(".timer"), timer)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit), str(timer)], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        require_tight(str(unit), 30)

    def test_by_cron(self) -> None:
        self.break_it()
        said = self.folder / "said"
        table = pathlib.Path("/etc/cron.d/ringback-check-test")
        line = re.search(r"^\*/5 (\* \* \* \* root) (/\S+/ringback) (check -q.*)$", README.read_text(), re.MULTILINE)
        self.assertIsNotNone(line, "README.md has no line for cron whose program is found without a PATH")
        # Every minute, and this build of the program; all else as people copy it.
        table.write_text(f"* {line[1]} {shlex.quote(PROGRAM)} {line[3]} {shlex.join([*OPTIONS, '--state', str(self.state)])} >>{said} 2>&1\n")
        self.addCleanup(table.unlink)
        cron = subprocess.Popen(["cron", "-f"], env=ENVIRONMENT)
        try:
            deadline = time.monotonic() + 60 + SECONDS
            while not said.exists() or not said.read_text():
                self.assertLess(time.monotonic(), deadline, "cron has not called it, or it says nothing")
                time.sleep(0.5)
        finally:
            cron.terminate()
            cron.wait(SECONDS)
        self.assertTrue(said.read_text().startswith("CRITICAL - 443/tcp cannot be reached"), said.read_text())

    def test_where_it_is_remembered(self) -> None:
        (self.folder / "private").mkdir()
        (self.folder / "service").symlink_to(self.folder / "private")  # as systemd has it with DynamicUser=
        done = ringback("check", *OPTIONS, STATE_DIRECTORY=str(self.folder / "service"))
        self.assertNotIn("Beside the check", done.stdout)
        self.assertTrue((self.folder / "private" / "history.sqlite").exists())
        ringback("check", *OPTIONS, XDG_STATE_HOME=str(self.folder / "root"))
        self.assertTrue((self.folder / "root" / "ringback" / "history.sqlite").exists())
        self.folder.chmod(0o777)
        user = ("setpriv", "--reuid=61112", "--regid=61112", "--clear-groups")
        ringback("check", *OPTIONS, before=user, XDG_STATE_HOME=str(self.folder / "xdg"))
        self.assertTrue((self.folder / "xdg" / "ringback" / "history.sqlite").exists())
        ringback("check", *OPTIONS, before=user, HOME=str(self.folder / "home"))
        self.assertTrue((self.folder / "home/.local/state/ringback/history.sqlite").exists())
        accounts = self.folder / "passwd"
        accounts.write_text(pathlib.Path("/etc/passwd").read_text() + f"daemon9:x:61112:61112::{self.folder}/account:/usr/sbin/nologin\n")
        without = ("unshare", "--mount", "sh", "-ec", f'mount --bind {accounts} /etc/passwd; exec env -u HOME {shlex.join(user)} "$0" "$@"')  # as Icinga's plugins
        self.assertNotIn("Beside the check", ringback("check", *OPTIONS, before=without).stdout)
        self.assertTrue((self.folder / "account/.local/state/ringback/history.sqlite").exists())
        hidden = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs tmpfs /var/lib && "$0" "$@"; stat -c %u /var/lib/ringback/history.sqlite')
        self.assertTrue(ringback("check", *OPTIONS, before=hidden).stdout.endswith("\n0\n"))
        done = ringback("history", before=user, XDG_STATE_HOME=str(self.folder / "none"))
        self.assertEqual(done.returncode, 0)
        self.assertIn("No check is remembered yet.", done.stdout)
        self.assertFalse((self.folder / "none").exists())


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]], verbosity=1)
