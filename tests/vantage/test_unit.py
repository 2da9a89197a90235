#!/usr/bin/python3
"""The systemd unit is tight, and the program works within it: test_unit.py UNIT PROGRAM

systemd itself is not there to be asked in a container, so the program is run with what the unit leaves it (no user, no capability,
no new privileges), and every system call that it makes is looked up in the unit's SystemCallFilter.
"""
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from systemd_unit import allowed, made, require_tight

DEADLINE = 30
EXPOSURE = 20  # tenths; what systemd-analyze calls the overall exposure level
FIRST, SECOND, CALLER = "9.1.0.1", "9.1.0.2", "9.1.0.3"


def ask(path: str, body: str | None = None, port: int = 8370) -> tuple[int, str]:
    connection = http.client.HTTPConnection(FIRST, port, timeout=DEADLINE, source_address=(CALLER, 0))
    connection.request("POST" if body else "GET", path, body)
    response = connection.getresponse()
    return response.status, response.read().decode()


def started(log: pathlib.Path) -> None:
    end = time.monotonic() + DEADLINE
    while "metrics on" not in log.read_text():
        assert time.monotonic() < end, f"it does not start: {log.read_text()}"
        time.sleep(0.05)


def use() -> None:
    status, body = ask("/v1/address")
    assert status == 200 and json.loads(body)["address"] == CALLER, body
    knocks = [{"id": "t", "protocol": "tcp", "port": 443}, {"id": "u", "protocol": "udp", "port": 443}, {"id": "i", "protocol": "icmp"}]
    status, body = ask("/v1/knock", json.dumps({"timeout_ms": 500, "knocks": knocks}))
    results = {line["id"]: line["result"] for line in map(json.loads, body.splitlines()) if line["type"] == "result"}
    assert status == 200 and results == {"t": "refused", "u": "refused", "i": "unavailable"}, body
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
        stun.settimeout(DEADLINE)
        stun.bind((CALLER, 0))
        stun.sendto(bytes.fromhex("000100302112a442") + bytes(12) + bytes.fromhex("8022002c") + bytes(44), (FIRST, 3478))
        assert stun.recv(1500)[:2] == b"\x01\x01"
    status, body = ask("/metrics", port=9370)
    assert status == 200 and 'stun_requests_total{outcome="answered"} 1\n' in body, body
    linted = subprocess.run(["promtool", "check", "metrics"], input=body, capture_output=True, text=True, check=False)  # of the package prometheus
    assert (linted.returncode, linted.stdout + linted.stderr) == (0, ""), linted.stdout + linted.stderr


def main() -> None:
    unit, program = sys.argv[1:]
    if os.environ.get("RINGBACK_TEST_UNIT") != "inside":  # a network namespace of its own
        os.environ["RINGBACK_TEST_UNIT"] = "inside"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])
    require_tight(unit, EXPOSURE)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (FIRST, SECOND, CALLER):
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        calls, log = pathlib.Path(folder, "calls"), pathlib.Path(folder, "log")
        copy = pathlib.Path(folder, "ringback-vantage")  # the build folder need not be open to everybody
        subprocess.run(["cp", program, copy], check=True)
        with log.open("w") as err:
            child = subprocess.Popen(
                ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all",
                 "strace", "--follow-forks", "--quiet=all", f"--output={calls}",
                 copy, "--listen", FIRST, "--listen", SECOND, "--metrics", f"{FIRST}:9370"],
                stderr=err, env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}, start_new_session=True)  # no leak check below strace
        try:
            started(log)
            use()
            first = int(calls.read_text().split(maxsplit=1)[0])
            os.kill(first, signal.SIGTERM)
            assert child.wait(DEADLINE) == 0, log.read_text()
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        calls_made = made(calls.read_text())
    assert {"recvmmsg", "sendmmsg", "accept4", "accept"} & calls_made, calls_made
    surplus = calls_made - allowed(pathlib.Path(unit).read_text())
    assert not surplus, f"the unit would keep it from {', '.join(sorted(surplus))}"
    print(f"{len(calls_made)} system calls, all within the unit's filter")


if __name__ == "__main__":
    main()
