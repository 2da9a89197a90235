"""The servers of a household: started, waited for until they listen, and ended by the household's end."""

import ipaddress
import struct
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from ringlab.errors import LabError
from ringlab.isolation import RUN, die_with_parent

READY_SECONDS = 20  # the deadline of every wait for a server; each is ready in a fraction of a second
POLL_SECONDS = 0.015  # each look takes the kernel a walk through its table of connections


@dataclass(frozen=True)
class Listening:
    """An address and port that a server has to be bound to before it counts as ready."""
    protocol: str  # tcp or udp; raw, where the port is the number of an IP protocol
    address: str
    port: int

    def table_and_key(self) -> tuple[str, str]:
        """Where /proc/PID/net shows it: addresses stand there as 32-bit words in the machine's byte order."""
        packed = ipaddress.ip_address(self.address).packed
        words = struct.unpack(f"={len(packed) // 4}I", packed)
        return (self.protocol + ("6" if len(packed) == 16 else ""),
                "".join(f"{word:08X}" for word in words) + f":{self.port:04X}")

    def is_bound(self, pid: int) -> bool:
        table, key = self.table_and_key()
        try:
            lines = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        except OSError:
            return False
        # A connection of another server could have the same local end; only 0A is a listening TCP socket.
        return any(columns[1] == key and (self.protocol != "tcp" or columns[3] == "0A")
                   for columns in map(str.split, lines))

    def __str__(self) -> str:
        return f"{self.address} port {self.port}/{self.protocol}"


@dataclass
class Server:
    name: str
    where: str
    argv: list[str]
    awaits: list[Listening] = field(default_factory=list)
    process: subprocess.Popen | None = None
    started: float = 0.0  # both on the monotonic clock
    ready: float = 0.0

    @property
    def log(self) -> Path:
        return RUN / "logs" / f"{self.where}-{self.name}.log"

    def start(self) -> "Server":
        self.started = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(["ip", "netns", "exec", self.where, *self.argv], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, preexec_fn=die_with_parent, cwd=RUN)
        return self

    def missing(self) -> list[Listening]:
        return [one for one in self.awaits if not one.is_bound(self.process.pid)]

    def require_alive(self) -> None:
        status = self.process.poll()
        if status is not None:
            raise LabError(f"{self.name} in namespace {self.where} ended with status {status}:\n{self.last_words()}")

    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def wait_ready(servers: list[Server]) -> None:
    """Returns as soon as every server listens where it should."""
    pending = list(servers)

    def all_ready() -> bool:
        for server in list(pending):
            server.require_alive()
            if not server.missing():
                server.ready = time.monotonic()
                pending.remove(server)
        return not pending

    def what() -> str:
        one = pending[0]
        return (f"{one.name} in namespace {one.where} to listen on {', '.join(map(str, one.missing()))}; it said:\n"
                f"{one.last_words()}")

    wait_until(all_ready, what)


def wait_until(condition, what, seconds: float = READY_SECONDS) -> None:
    """Polls; after the deadline raises, naming what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"waited {seconds} s in vain for {what() if callable(what) else what}")
        time.sleep(POLL_SECONDS)
