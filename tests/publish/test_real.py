#!/usr/bin/python3
"""Publishing, held against the real thing: Prometheus with node_exporter and the Pushgateway, mosquitto, and a server that takes pings.

    sudo tests/publish/test_real.py --bin DIR [-v] [TEST …]     (real.test_mqtt, real.test_mqtt.Rights.test_passwords, …)

The servers are those of Debian's packages (scripts/need test). Each module runs in network and mount namespaces of its own, where only the
loopback interface is, so that no port is taken and nothing reaches anybody.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from real import servers  # noqa: E402

INSIDE = "RINGBACK_TEST_INSIDE"


TESTS = ("real.test_prometheus", "real.test_mqtt", "real.test_mqtt_tls", "real.test_pings")


def inside(binaries: pathlib.Path, tests: list[str], verbose: bool) -> int:
    servers.prepare(binaries)
    result = unittest.TextTestRunner(verbosity=2 if verbose else 1).run(unittest.defaultTestLoader.loadTestsFromNames(tests))
    return 0 if result.wasSuccessful() and result.testsRun and not result.skipped else 1


def in_namespaces(binaries: pathlib.Path, test: str, verbose: bool) -> subprocess.Popen:
    words = [sys.executable, "-m", "ringlab.private", sys.executable, __file__, "--bin", binaries, *(["-v"] if verbose else []), test]
    return subprocess.Popen(words, env=os.environ | {INSIDE: "yes", "PYTHONPATH": str(pathlib.Path(__file__).resolve().parents[1] / "lab")}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bin", type=pathlib.Path, required=True, help="where publish-report and test-report are")
    options.add_argument("-v", "--verbose", action="store_true")
    options.add_argument("tests", nargs="*", default=TESTS)
    chosen = options.parse_args()
    if INSIDE in os.environ:
        return inside(chosen.bin, chosen.tests, chosen.verbose)
    # They wait most of their time: side by side.
    running = [in_namespaces(chosen.bin.resolve(), test, chosen.verbose) for test in chosen.tests]
    failed = False
    for test, process in zip(chosen.tests, running):
        output = process.communicate()[0]
        failed |= process.returncode != 0
        print(f"{test}: {'failed' if process.returncode else output.strip().splitlines()[-3]}")
        if process.returncode or chosen.verbose:
            print(output)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
