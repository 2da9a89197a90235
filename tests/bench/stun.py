"""STUN answers a second, ringback-vantage against coturn on the same core under the same load, from ever new callers."""
import socket

from bench.support import Setup, remark, row, side_by_side
from bench.support.server import CALLERS, OURS, THEIRS, core_seconds, enter_own_network, generator, load, serving

NEEDS = ["build", "bench"]
SECONDS, UNDER_WAY, SOCKETS = 2, 64, 4
PROMISE = 1.5


def measure(setup: Setup) -> bool:
    stun_load = generator("stun-load")
    enter_own_network()
    counted = {OURS: [], THEIRS: []}

    def rate(server: str, pid: int) -> tuple[float, float]:
        before = core_seconds(pid)
        result = load([stun_load, server, "3478", CALLERS, f"{SECONDS}s", str(UNDER_WAY), str(SOCKETS)])
        counted[server].append(result)
        return result["answers"] / result["seconds"], result["answers"] / (core_seconds(pid) - before)

    coturn = ["turnserver", "-n", "-L", THEIRS, "--stun-only", "-m", "1", "--no-tcp", "--no-tls", "--no-dtls", "--no-cli",
              "--log-file=/dev/null", "--pidfile=/dev/null"]
    with (serving([setup.program("ringback-vantage"), "--listen", OURS], socket.SOCK_DGRAM, (OURS, 3478)) as ours,
          serving(coturn, socket.SOCK_DGRAM, (THEIRS, 3478)) as theirs):
        rate(OURS, ours), rate(THEIRS, theirs)  # warm up
        counted[OURS].clear(), counted[THEIRS].clear()
        ratio, remarks = side_by_side(lambda: rate(OURS, ours), lambda: rate(THEIRS, theirs), setup.runs)
    answers, longer = (int(sum(result[what] for result in counted[OURS])) for what in ("answers", "longer"))
    wrong = int(sum(result["wrong"] for results in counted.values() for result in results))
    held = [
        row("STUN answers a second, ringback-vantage / coturn (median of pairs)", f"{ratio:.2f}", f"≥ {PROMISE}", ratio >= PROMISE),
        row("answers of ringback-vantage that are longer than the request", f"{longer}", "0", longer == 0 and answers > 0),
        row("wrong answers of either", f"{wrong}", "0", wrong == 0),
    ]
    for text in remarks:
        remark(text)
    return all(held)
