"""Resident memory of ringback-vantage under ten million STUN requests, many connections, and all of them held open with requests that
cost it the most, each from another source address."""
import contextlib
import pathlib
import socket
import threading
import time

from bench.support import Setup, remark, resident, row
from bench.support.server import CALLERS, OURS, enter_own_network, generator, load, serving

NEEDS = ["build", "bench"]
REQUESTS = 10_000_000
CONNECTIONS = 100_000
PROMISE_KIB = 10 * 1000 * 1000 // 1024
HELD = 400  # more than it accepts at a time
PATIENCE = 20
# Requests that want another byte: as many fields as a header has room for or may have, and a body that lacks its end.
NEVER_WHOLE = {
    "1000 empty header fields": b"POST /v1/knock HTTP/1.1\r\n" + b"a:\r\n" * 1000 + b"Content-Length: 4096\r\n\r\n" + b" " * 4095,
    "60 empty header fields and a long one": b"POST /v1/knock HTTP/1.1\r\n" + b"a:\r\n" * 60 + b"b:" + b"c" * 3600 +
                                             b"\r\nContent-Length: 4096\r\n\r\n" + b" " * 4095,
    "a header without an end": b"GET / HTTP/1.1\r\n" + b"a:\r\n" * 60,
}
FLAT_KIB = 128  # what an allocator may move by, and far less than a byte for each source


class Samples:
    """VmRSS ten times a second, while it is open."""

    def __init__(self, pid: int):
        self.pid, self.taken, self.ended = pid, [resident(pid)], threading.Event()
        self.thread = threading.Thread(target=self.sample)

    def sample(self) -> None:
        while not self.ended.wait(0.1):
            self.taken.append(resident(self.pid))

    def __enter__(self) -> "Samples":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.ended.set()
        self.thread.join()
        self.taken.append(resident(self.pid))

    def growth(self) -> int:
        """From what it was after the first tenth to the most after that."""
        later = self.taken[len(self.taken) // 10:]
        return max(later) - later[0]


def unread(port: int) -> bool:
    """Has anybody sent the server here what it has not read yet?"""
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[3] == "01" and not row[4].endswith(":00000000") for row in rows)


def held_with(request: bytes, pid: int) -> int:
    """Resident KiB while so many connections wait for the rest of this request."""
    first = int.from_bytes(socket.inet_aton(CALLERS), "big")
    with contextlib.ExitStack() as open_ones:
        for number in range(HELD):
            one = open_ones.enter_context(socket.socket())
            one.bind((socket.inet_ntoa((first + number * 40009 + 1).to_bytes(4, "big")), 0))
            one.connect((OURS, 8370))
            with contextlib.suppress(OSError):  # it may have refused it already
                one.sendall(request)
        end = time.monotonic() + PATIENCE
        while unread(8370) and time.monotonic() < end:
            time.sleep(0.05)
        return resident(pid)


def measure(setup: Setup) -> bool:
    stun_load, http_load = generator("stun-load"), generator("http-load")
    enter_own_network()
    with serving([setup.program("ringback-vantage"), "--listen", OURS], socket.SOCK_DGRAM, (OURS, 3478)) as pid:
        idle = resident(pid)
        with Samples(pid) as of_stun:
            stun = load([stun_load, OURS, "3478", CALLERS, str(REQUESTS), "64", "4"])
        with Samples(pid) as of_flood:
            flood = load([stun_load, OURS, "3478", CALLERS, "5s", "0", "1"])
        load_http = [http_load, OURS, "8370", CALLERS, str(CONNECTIONS), "200", "1"]
        load(load_http)  # until each of the places for connections that this load uses was taken once
        with Samples(pid) as of_http:
            http = load(load_http)
    with serving([setup.program("ringback-vantage"), "--listen", OURS], socket.SOCK_DGRAM, (OURS, 3478)) as pid:
        while_held = {what: held_with(request, pid) for what, request in NEVER_WHOLE.items()}
    most = max(of_stun.taken + of_flood.taken + of_http.taken + list(while_held.values()))
    seen = int(stun["answers"])
    connections = int(http["connections"])
    held = [
        row("STUN requests from ever new sources that were answered", f"{seen}", "≥ 9900000", seen >= 0.99 * REQUESTS),
        row("most resident memory of ringback-vantage", f"{most / 1000 * 1.024:.2f} MB", "≤ 10 MB", most <= PROMISE_KIB),
        row("its growth after the first tenth of them", f"{of_stun.growth()} KiB", f"≤ {FLAT_KIB} KiB", of_stun.growth() <= FLAT_KIB),
        row("its growth in a flood that does not wait for answers", f"{of_flood.growth()} KiB", f"≤ {FLAT_KIB} KiB",
            of_flood.growth() <= FLAT_KIB),
        row(f"its growth over another {connections} connections", f"{of_http.growth()} KiB", f"≤ {FLAT_KIB} KiB",
            of_http.growth() <= FLAT_KIB and http["answers"] >= CONNECTIONS * 0.9),
    ]
    remark(f"{HELD} connections with " + ", ".join(f"{what}: {size} KiB" for what, size in while_held.items()))
    remark(f"idle {idle} KiB, then {of_stun.taken[-1]} after {int(stun['sent'])} requests in {stun['seconds']:.0f} s, "
           f"{of_flood.taken[-1]} after {int(flood['sent'])} in {flood['seconds']:.0f} s, {of_http.taken[-1]} after the connections")
    return all(held)
