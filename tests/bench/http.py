"""GET /v1/address a second, ringback-vantage against nginx (one worker, `return 200`) on the same core, from ever new callers."""
import pathlib
import socket
import tempfile

from bench.support import Setup, remark, row, side_by_side
from bench.support.server import CALLERS, OURS, THEIRS, core_seconds, enter_own_network, generator, load, serving

NEEDS = ["build", "bench"]
SECONDS, CONNECTIONS, REQUESTS = 2, 32, 100
PROMISE = 0.5


def measure(setup: Setup) -> bool:
    http_load = generator("http-load")
    enter_own_network()
    counted = []

    def rate(server: str, port: int, pid: int) -> tuple[float, float]:
        before = core_seconds(pid)
        result = load([http_load, server, str(port), CALLERS, f"{SECONDS}s", str(CONNECTIONS), str(REQUESTS)])
        counted.append(result)
        return result["answers"] / result["seconds"], result["answers"] / (core_seconds(pid) - before)

    with tempfile.TemporaryDirectory() as folder:
        configuration = pathlib.Path(folder) / "nginx.conf"
        template = pathlib.Path(__file__).with_name("nginx.conf").read_text()
        configuration.write_text(template.replace("%FOLDER%", folder).replace("%AT%", f"{THEIRS}:80"))
        with (serving([setup.program("ringback-vantage"), "--listen", OURS], socket.SOCK_STREAM, (OURS, 8370)) as ours,
              serving(["nginx", "-c", str(configuration)], socket.SOCK_STREAM, (THEIRS, 80)) as theirs):
            def of_ours() -> tuple[float, float]: return rate(OURS, 8370, ours)
            def of_theirs() -> tuple[float, float]: return rate(THEIRS, 80, theirs)
            of_ours(), of_theirs()  # warm up
            counted.clear()
            ratio, remarks = side_by_side(of_ours, of_theirs, setup.runs)
    bad = int(sum(result["broken"] for result in counted) + sum(result["other"] for result in counted[1::2]))
    # Callers are remembered in tables of a fixed size: above some thousand new ones a second they share what is left of each other's.
    refused = sum(result["other"] for result in counted[::2]) / sum(result["answers"] for result in counted[::2])
    held = [
        row("GET /v1/address a second, ringback-vantage / nginx (median of pairs)", f"{ratio:.2f}", f"≥ {PROMISE}", ratio >= PROMISE),
        row("connections cut off by either, and answers of nginx that are not 200", f"{bad}", "0", bad == 0),
        row("answers of ringback-vantage that refuse one of thousands of new callers a second", f"{refused:.2%}", "≤ 1 %", refused <= 0.01),
    ]
    for text in remarks:
        remark(text)
    return all(held)
