"""On a household's host: ringback is ended by a signal while a port mapping that it asked for stands, and the mapping goes with it."""

import os
import shlex
import signal
import subprocess
import sys
import time

SECONDS = 8
# The router's answers to MAP get lost, so that ringback goes on waiting for one while the mapping stands (RFC 6887 §7.2: R and opcode 1).
LOSE = """table inet lost {
  chain input { type filter hook input priority filter; udp sport 5351 @th,72,8 0x81 drop; }
}
"""


def mappings() -> list[str]:
    chain = subprocess.run(["ip", "netns", "exec", "router", "nft", "list", "chain", "inet", "home", "miniupnpd_in"], capture_output=True, text=True,
                           check=True).stdout
    return [line.strip() for line in chain.splitlines() if "dnat" in line]


def within(seconds: float, condition) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def interrupted_by(which: signal.Signals) -> str:
    """What went wrong; empty: nothing."""
    if mappings():
        return f"there is a mapping beforehand: {mappings()}"
    program = subprocess.Popen(shlex.split(os.environ["RINGBACK_RUN"]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not within(SECONDS, mappings):
            return "no mapping was opened"
        program.send_signal(which)
        status = program.wait(SECONDS)
        if status not in (-which, 128 + which):
            return f"ringback ended with status {status}"
        return "" if within(SECONDS, lambda: not mappings()) else f"left behind: {mappings()}"
    finally:
        program.kill()
        program.wait()


def main() -> int:
    subprocess.run(["nft", "-f", "-"], input=LOSE, text=True, check=True)
    failed = 0
    for which in (signal.SIGINT, signal.SIGTERM):
        wrong = interrupted_by(which)
        print(f"not ok mapping interrupted by {which.name}: {wrong}" if wrong else f"ok     mapping interrupted by {which.name}", flush=True)
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
