"""A host that listens on port 443 and, on its only link, a port checker, each in a network namespace of its own; and the real program asked on that host."""
import ctypes
import json
import os
import pathlib
import subprocess
import sys

from jsonschema import Draft202012Validator

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST, CHECKER, GATEWAY = "185.10.20.30", "185.10.20.29", "185.10.20.1"
SECONDS = 60  # a busy machine must not fail the test; a program that hangs does
DEADLINE = 4  # of the run
CLONE_NEWNET = 0x40000000
ENVIRONMENT = {**os.environ, "HOME": "/", "ASAN_OPTIONS": "detect_leaks=0"}
LISTENING = "import socket; s = socket.create_server((\"\", 443)); print(flush=True); input()"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def connect_to_checker(before: str = "true") -> subprocess.Popen:
    """The host, a process in network and mount namespaces of its own, where the shell ran `before`; this process becomes the checker's."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        sys.exit(f"needs root: {os.strerror(ctypes.get_errno())}")
    host = subprocess.Popen([sys.executable, "-m", "ringlab.private", "sh", "-ec", f"{before}; ip link set lo up; exec /usr/bin/python3 -c '{LISTENING}'"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "tests/lab")})
    if not host.stdout.readline():
        sys.exit(f"the host did not come up: {before}")
    ip("link", "set", "lo", "up")
    ip("link", "add", "there", "type", "veth", "peer", "name", "eth0", "netns", str(host.pid))
    for address in (CHECKER, GATEWAY):
        ip("address", "add", f"{address}/24", "dev", "there")
    ip("link", "set", "there", "up")
    for line in (f"address add {HOST}/24 dev eth0", "link set eth0 up", f"route add default via {GATEWAY}"):
        subprocess.run(["nsenter", "-t", str(host.pid), "-n", "ip", *line.split()], check=True)
    return host


def program_of(arguments: list[str]) -> str:
    if len(arguments) != 3 or arguments[1] != "--bin":
        sys.exit(f"usage: {pathlib.Path(arguments[0]).name} --bin DIR")
    return str(pathlib.Path(arguments[2]).resolve() / "ringback")


def asked(program: str, host: int, scheme: str) -> tuple[dict, str]:
    """The report of a run that asks the checker, and its text; AssertionError where it ended badly, late or against the schema."""
    run = subprocess.run(["nsenter", "-t", str(host), "-n", "-m", "-r", program, "-4", "-s", "443/tcp", "--vantage", f"echoip+{scheme}://{CHECKER}",
                          "--only", "host,listeners,inbound", "--no-third-party", "--deadline", str(DEADLINE), "-f", "json"],
                         capture_output=True, text=True, env=ENVIRONMENT, timeout=SECONDS, check=False)
    assert run.returncode in (0, 1, 2, 3), f"it ended with {run.returncode}: {run.stderr[-2000:]}"
    report = json.loads(run.stdout)
    for wrong in Draft202012Validator(json.loads((ROOT / "report/schema.json").read_text())).iter_errors(report):
        raise AssertionError(f"not by the schema: {wrong.message}")
    assert report["duration_ms"] < 3 * DEADLINE * 1000, f"it took {report['duration_ms']} ms"
    return report, run.stdout


def told(what: str, judge) -> bool:
    """Says how it went; true: well."""
    try:
        judge()
    except AssertionError as trouble:
        print(f"not ok {what}: {trouble}", flush=True)
        return False
    print(f"ok     {what}", flush=True)
    return True
