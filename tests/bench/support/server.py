"""A network namespace of its own for each benchmark of a server: loopback alone, whole /8s of callers, servers on one core and the
load on another."""
import contextlib
import ctypes
import os
import pathlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from bench.support import ROOT

CALLERS = "11.0.0.0"  # /8: looks global, and lives in the namespace alone
OURS, THEIRS = "9.1.0.1", "9.1.0.2"
SERVER_CORE, LOAD_CORE = "0", "1"
CLONE_NEWNET = 0x40000000
DEADLINE = 20


def generator(name: str) -> str:
    """Built when it is not there yet, or older than its source."""
    subprocess.run(["cmake", "--preset", "release"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "--target", name], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return str(ROOT / "build/release/bin" / name)


def enter_own_network() -> None:
    """This process, and what it starts from now on."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        sys.exit(f"bench: needs a network namespace of its own, so run it as root: {os.strerror(ctypes.get_errno())}")
    for line in ("link set lo up", f"address add {OURS}/32 dev lo",
                 f"address add {THEIRS}/32 dev lo", f"route add local {CALLERS}/8 dev lo"):
        subprocess.run(["ip", *line.split()], check=True)


def on_core(core: str, command: list[str]) -> list[str]:
    return ["taskset", "-c", core, *command]


def load(command: list[str]) -> dict[str, float]:
    """What a generator counted: "sent 5 answers 5 seconds 1.5"."""
    words = subprocess.run(on_core(LOAD_CORE, command), check=True, capture_output=True, text=True).stdout.split()
    return {name: float(value) for name, value in zip(words[::2], words[1::2])}


@contextlib.contextmanager
def serving(command: list[str], answers: socket.SocketKind, at: tuple[str, int]) -> Iterator[int]:
    """The process id of a server that listens there; it is ended afterwards."""
    child = subprocess.Popen(on_core(SERVER_CORE, command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        end = time.monotonic() + DEADLINE
        while not listens(answers, at):
            if child.poll() is not None or time.monotonic() > end:
                sys.exit(f"bench: {command[0]} does not listen on {at[0]} port {at[1]}")
            time.sleep(0.05)
        yield child.pid
    finally:
        child.terminate()
        try:
            child.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def core_seconds(pid: int) -> float:
    """Processor time that a server and its workers have used so far."""
    tasks = [pid, *map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    fields = [pathlib.Path(f"/proc/{task}/stat").read_text().rpartition(")")[2].split() for task in tasks]
    return sum(int(f[11]) + int(f[12]) for f in fields) / os.sysconf("SC_CLK_TCK")


def listens(kind: socket.SocketKind, at: tuple[str, int]) -> bool:
    file, state = ("/proc/net/tcp", "0A") if kind == socket.SOCK_STREAM else ("/proc/net/udp", "07")
    local = f"{int.from_bytes(socket.inet_aton(at[0]), sys.byteorder):08X}:{at[1]:04X}"
    return any(row.split()[1] == local and row.split()[3] == state for row in pathlib.Path(file).read_text().splitlines()[1:])
