"""`ringback read` as it is called: what it says of whole, damaged and wrong files, where it says it, and what it ends with.

read_files.py PROGRAM
"""
import contextlib
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import threading

PROGRAM = sys.argv[1]
CAPTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures/capture"
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "LC_ALL": "C"}
SECONDS = 60
ENDS_EARLY = "the file ends in the middle of it, {} of {} bytes are there"


def read(*words: str, given: bytes | None = None) -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAM, "read", *words], env=ENVIRONMENT, timeout=SECONDS, check=False, capture_output=True, input=given)


def check(what: str, got, expected) -> None:
    if got != expected:
        sys.exit(f"not ok read: {what}: {got!r}, not {expected!r}")


def records(data: bytes) -> list[int]:
    """Where each packet of a pcap file begins, and the end."""
    places = [24]
    while places[-1] < len(data):
        places.append(places[-1] + 16 + struct.unpack_from("<I", data, places[-1] + 8)[0])
    return places


def flat(text: bytes) -> str:
    return " ".join(text.decode().split())


def damaged(folder: pathlib.Path) -> None:
    """(capture, how many packets are whole, how many bytes of the next one are there, exit status)"""
    for name, whole, rest, status in (("connected", 3, 20, 1), ("connected", 3, 7, 1), ("connected", 1, 16, 3), ("dropped", 8, 50, 2)):
        data = (CAPTURES / f"{name}.pcap").read_bytes()
        places = records(data)
        path = folder / f"{name}-{whole}-{rest}.pcap"
        path.write_bytes(data[:places[whole] + rest])
        wanted = places[whole + 1] - places[whole] if rest >= 16 else 16   # without its header nobody knows how long it is
        read_on = "the packet before it was read" if whole == 1 else f"the {whole} packets before it were read"
        trouble = f"packet {whole + 1} at byte {places[whole]}: {ENDS_EARLY.format(rest, wanted)}; {read_on}"
        for called, said in (((str(path),), f"ringback: {path}: {trouble}\n"), (("-",), f"ringback: standard input: {trouble}\n")):
            given = path.read_bytes() if called == ("-",) else None
            done = read(*called, given=given)
            check(f"{path.name}: exit status", done.returncode, status)
            check(f"{path.name}: standard error", done.stderr.decode(), said)
            check(f"{path.name}: the note", f"The file is damaged: {trouble}." in flat(done.stdout), True)
            done = read(*called, "-f", "json", given=given)
            check(f"{path.name}: JSON", (done.returncode, b'"ended":"damage"' in done.stdout, f'"exit_status":{status},'.encode() in done.stdout),
                  (status, True, True))


def whole() -> None:
    done = read(str(CAPTURES / "connected.pcap"))
    check("whole: exit status", (done.returncode, done.stderr), (0, b""))
    check("whole: damage", b"damaged" in done.stdout, False)
    check("raw IP with visitors", read(str(CAPTURES / "raw-connected.pcap")).returncode, 0)
    check("nobody came", read(str(CAPTURES / "raw.pcap")).returncode, 3)


def no_capture(folder: pathlib.Path) -> None:
    rows = {
        "diary.txt": (b"Dear diary, today nothing came in.", "it is neither pcap nor pcapng; write one with tcpdump -w FILE"),
        "a.pcap.gz": (b"\x1f\x8b\x08\x00", "it is compressed with gzip; unpack it first: gunzip FILE"),
        "empty.pcap": (b"", "it is empty"),
        "cut.pcap": (b"\xd4\xc3\xb2\xa1\x02", "the heading of a pcap file has 24 bytes, and 5 are there"),
        "first-packet-cut.pcap": ((CAPTURES / "connected.pcap").read_bytes()[:30], "packet 1 at byte 24: " + ENDS_EARLY.format(6, 16)),
        "radio.pcap": ((CAPTURES / "monitor-mode.pcap").read_bytes(), None),
    }
    for name, (content, says) in rows.items():
        path = folder / name
        path.write_bytes(content)
        for called, place in (((str(path),), str(path)), (("-",), "standard input")):
            done = read(*called, given=content if called == ("-",) else None)
            check(f"{name}: exit status and standard output", (done.returncode, done.stdout), (64, b""))
            if says:
                check(f"{name}: standard error", done.stderr.decode(), f"ringback: {place}: {says}\n")
            else:
                check(f"{name}: names the link", "IEEE802_11_RADIO" in done.stderr.decode(), True)
    for path, says in ((folder / "none.pcap", "open {}: No such file or directory"), (folder, "{}: read {}: Is a directory")):
        done = read(str(path))
        check(f"{path}: exit status and standard output", (done.returncode, done.stdout), (64, b""))
        check(f"{path}: standard error", done.stderr.decode(), f"ringback: {says.replace('{}', str(path))}\n")


def standard_input() -> None:
    """The same through a pipe, however it drips."""
    for name in ("connected.pcap", "two-sections.pcapng", "dumpcap.pcapng"):
        data = (CAPTURES / name).read_bytes()
        from_file = read(str(CAPTURES / name), "-f", "json")
        done = read("-", "-f", "json", given=data)
        check(f"{name} by standard input", (done.returncode, done.stdout, done.stderr), (from_file.returncode, from_file.stdout, b""))
        with subprocess.Popen([PROGRAM, "read", "-", "-f", "json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
            def drip() -> None:
                with contextlib.suppress(BrokenPipeError), process.stdin:
                    for at in range(0, len(data), 7):
                        process.stdin.write(data[at:at + 7])
                        process.stdin.flush()
            writer = threading.Thread(target=drip)
            writer.start()
            check(f"{name} in drips", process.stdout.read(), from_file.stdout)
            writer.join()
            check(f"{name} in drips: exit status", process.wait(SECONDS), from_file.returncode)
    closed = subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", PROGRAM, "read", "-"], env=ENVIRONMENT, timeout=SECONDS, check=False, capture_output=True)
    check("no standard input", (closed.returncode, closed.stdout), (64, b""))


with tempfile.TemporaryDirectory() as made:
    os.chmod(made, 0o755)
    whole()
    damaged(pathlib.Path(made))
    no_capture(pathlib.Path(made))
    standard_input()
print("ok     read: whole, damaged and wrong files, and standard input")
