"""On a household's host where all is well: a real Icinga 2 runs `ringback check`, and what it makes of it is asked of it (Livestatus). See test_check.sh.
RINGBACK_RUN is the line of a run."""
import json
import os
import pathlib
import shlex
import socket
import subprocess
import sys
import tempfile
import time

PROGRAM, _, *OPTIONS = shlex.split(os.environ["RINGBACK_RUN"])
SECONDS = 90  # a busy machine must not fail the test; a daemon that does nothing does
NEGATE = "/usr/lib/nagios/plugins/negate"  # of monitoring-plugins: it reads the exit status as every plugin's
DROP = "table inet test { chain input { type filter hook input priority 0; tcp dport 443 drop; }; }"


def configuration(folder: pathlib.Path) -> str:
    words = ", ".join(json.dumps(word) for word in [PROGRAM, "check", *OPTIONS, "--state", str(folder / "state")])
    return f"""
object CheckerComponent "checker" {{ }}
object LivestatusListener "livestatus" {{ socket_type = "unix"; socket_path = "{folder}/livestatus" }}
object CheckCommand "ringback" {{ command = [ {words} ]; timeout = 1m }}
object Host "home" {{ enable_active_checks = false; check_command = "ringback" }}
object Service "reachable" {{ host_name = "home"; check_command = "ringback"; check_interval = 2s; retry_interval = 1s; max_check_attempts = 1 }}
"""


def asked(folder: pathlib.Path) -> list:
    """State, output, long output and performance data, or nothing where it is not ready."""
    columns = "state has_been_checked plugin_output long_plugin_output perf_data"
    try:
        with socket.socket(socket.AF_UNIX) as livestatus:
            livestatus.connect(str(folder / "livestatus"))
            livestatus.sendall(f"GET services\nColumns: {columns}\nOutputFormat: json\n\n".encode())
            livestatus.shutdown(socket.SHUT_WR)
            rows = json.loads(b"".join(iter(lambda: livestatus.recv(65536), b"")))
    except (OSError, json.JSONDecodeError):
        return []
    return rows[0] if rows and rows[0][1] else []


def until(folder: pathlib.Path, state: int) -> list:
    deadline = time.monotonic() + SECONDS
    while not (row := asked(folder)) or row[0] != state:
        assert time.monotonic() < deadline, f"Icinga has not come to state {state}: {row}"
        time.sleep(0.2)
    return row


def performance(text: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in text.split())


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ringback-icinga-") as name:
        folder = pathlib.Path(name)
        (folder / "icinga2.conf").write_text(configuration(folder))
        places = [f"-D{place}={folder}/{place}" for place in ("DataDir", "LogDir", "CacheDir", "SpoolDir", "InitRunDir")]
        for place in ("DataDir", "LogDir", "CacheDir", "SpoolDir", "InitRunDir"):
            (folder / place).mkdir()
        with (folder / "log").open("w") as log:
            daemon = subprocess.Popen(["icinga2", "daemon", "-c", str(folder / "icinga2.conf"), "-DRunAsUser=root", "-DRunAsGroup=root", *places], stdout=log, stderr=log,
                                      env={**os.environ, "ICINGA2_USER": "root", "ICINGA2_GROUP": "root", "ASAN_OPTIONS": "detect_leaks=0"}, start_new_session=True)
        try:
            state, _, output, more, perfdata = until(folder, 0)
            assert output.startswith("OK - 443/tcp can be reached"), output
            assert "|" not in output, output
            values = performance(perfdata)
            assert values["reachable"] == "2;;;0;2" and values["time"].endswith("s;;;0;10") and (values["errors"], values["warnings"]) == ("0;;0;0;", "0;0;;0;"), perfdata
            subprocess.run(["nft", DROP], check=True)
            state, _, output, more, perfdata = until(folder, 2)
            assert output.startswith("CRITICAL - 443/tcp cannot be reached"), output
            assert "[inbound.host-firewall]" in more and "What to do: " in more, more
            assert performance(perfdata)["unreachable"] == "2;;;0;2", perfdata
            assert performance(perfdata)["errors"] != "0;;0;0;" and performance(perfdata)["errors"].endswith(";;0;0;"), perfdata
            subprocess.run(["nft", "delete table inet test"], check=True)
            until(folder, 0)
        except AssertionError:
            print((folder / "log").read_text()[-4000:], file=sys.stderr)
            raise
        finally:
            daemon.terminate()
            daemon.wait(SECONDS)
        line = [NEGATE, "--ok=CRITICAL", "--timeout=60", PROGRAM, "check", *OPTIONS, "--state", str(folder / "state")]
        done = subprocess.run(line, capture_output=True, text=True, timeout=SECONDS, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})
        assert (done.returncode, done.stdout[:5]) == (2, "OK - "), done.stdout  # the status is turned round, the words are not
    print("ok     Icinga 2 reads states, output and performance data; negate reads the exit status")


if __name__ == "__main__":
    main()
