"""`ringback read` of three million packets against `tcpdump -r` with the same filter."""
import pathlib
import statistics
import struct
import tempfile

from bench.support import Setup, remark, row, run

NEEDS = ["bench"]
PACKETS, PER_CONNECTION = 3_000_000, 50


def frame(source: bytes, destination: bytes, ports: tuple[int, int], flags: int, numbers: tuple[int, int], payload: bytes, hop_limit: int) -> bytes:
    tcp = struct.pack(">HHIIBBHHH", *ports, *numbers, 0x50, flags, 8192, 0, 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0x4000, hop_limit, 6, 0, source, destination)
    return bytes.fromhex("020000000001020000000002") + b"\x08\x00" + ip + tcp


def connection(number: int, port: int) -> list[bytes]:
    """A visitor's handshake and what he is served."""
    host, visitor = bytes([192, 168, 1, 5]), bytes([60 + (number >> 16 & 63), number >> 8 & 255, number & 255, 7])
    there = (1024 + number % 60000, port)
    back = there[::-1]
    return [frame(visitor, host, there, 2, (number, 0), b"", 52), frame(host, visitor, back, 0x12, (7, number + 1), b"", 64),
            frame(visitor, host, there, 0x10, (number + 1, 8), b"", 52),
            *[frame(host, visitor, back, 0x18, (8, number + 1), b"x" * 100, 64)] * (PER_CONNECTION - 3)]


def write(path: pathlib.Path) -> None:
    """One connection in fifty is the service's that is asked for, the others are a busy neighbour's."""
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number in range(PACKETS // PER_CONNECTION):
            heading = lambda size: struct.pack("<IIII", 1_700_000_000 + number // 100, number % 100 * 10_000, size, size)
            out.write(b"".join(heading(len(one)) + one for one in connection(number, 443 if number % 50 == 0 else 8000)))


def measure(setup: Setup) -> bool:
    held = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "three-million.pcap")
        write(path)
        for port, what in ((443, "one packet in fifty is of the service"), (8000, "nearly all are")):
            ours = [setup.program("ringback"), "read", str(path), "-s", f"{port}/tcp"]
            theirs = ["tcpdump", "-n", "-r", str(path), f"tcp port {port}"]
            run(ours, (0,)), run(theirs, (0,))  # warm up
            pairs = [(run(ours, (0,)), run(theirs, (0,))) for _ in range(setup.runs)]
            ratios = [mine[0] / other[0] for mine, other in pairs]
            ratio, peak = statistics.median(ratios), max(mine[1] for mine, _ in pairs)
            held += [row(f"read of 3 million packets / tcpdump -r, {what}", f"{ratio:.2f}", "≤ 1.20", ratio <= 1.2),
                     row("peak memory of ringback read", f"{peak / 1024:.1f} MB", "≤ 96 MB", peak <= 96 * 1024)]
            remark(f"{setup.runs} pairs; ratio {min(ratios):.2f} … {max(ratios):.2f}; wall medians "
                   f"{statistics.median(mine[0] for mine, _ in pairs):.2f} s and {statistics.median(other[0] for _, other in pairs):.2f} s")
    return all(held)
