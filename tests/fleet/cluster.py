"""A PostgreSQL cluster of its own: in a temporary folder, at a Unix socket alone, gone with whoever asked for it."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator

import psycopg2

FLEET = pathlib.Path(__file__).resolve().parents[2] / "scripts/fleet"
PATIENCE = 60
# initdb and the server refuse to run as root; the Debian package brings this user.
UNPRIVILEGED = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []


def program(name: str) -> str:
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if not versions:
        sys.exit("fleet: the Debian package postgresql is missing")
    return str(versions[-1])


class Cluster:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder

    def environment(self, database: str, user: str = "postgres") -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        return kept | {"PGHOST": str(self.folder), "PGDATABASE": database, "PGUSER": user}

    def connect(self, database: str, user: str = "postgres") -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(host=str(self.folder), dbname=database, user=user)
        connection.autocommit = True
        return connection

    def database(self, name: str) -> None:
        """With the fleet's tables and views, and a user for each of its two roles."""
        with contextlib.closing(self.connect("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} ENCODING UTF8 TEMPLATE template0")
        self.psql(name, "-f", str(FLEET / "schema.sql"), "-f", str(FLEET / "views.sql"))

    def psql(self, database: str, *arguments: str) -> str:
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", *arguments], env=self.environment(database), check=True, capture_output=True,
                              text=True, timeout=PATIENCE).stdout


@contextlib.contextmanager
def cluster(*settings: str) -> Iterator[Cluster]:
    """Settings as of postgresql.conf. The server ends when the block does, and also when this process is killed."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="fleet") as name:
        folder = pathlib.Path(name)
        if UNPRIVILEGED:
            os.chmod(folder, 0o711)
            subprocess.run(["chown", "postgres", name], check=True)
        subprocess.run([*UNPRIVILEGED, program("initdb"), "--pgdata", folder / "data", "--username", "postgres", "--auth", "trust",
                        "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        options = [part for setting in ("listen_addresses=", f"unix_socket_directories={name}", *settings) for part in ("-c", setting)]
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ready.bind(f"{name}/ready")
        os.chmod(f"{name}/ready", 0o666)
        with ready, open(folder / "log", "wb") as log:
            server = subprocess.Popen([*(UNPRIVILEGED or ["setpriv"]), "--pdeathsig", "INT", program("postgres"), "-D", folder / "data", *options],
                                      stdout=log, stderr=log, cwd="/", env=os.environ | {"NOTIFY_SOCKET": f"{name}/ready"})
            try:
                wait_until(ready, server, folder / "log")
                yield Cluster(folder)
            finally:
                server.send_signal(signal.SIGINT)  # "fast": ends every session
                try:
                    server.wait(PATIENCE)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()


def wait_until(ready: socket.socket, server: subprocess.Popen, log: pathlib.Path) -> None:
    """The server says by itself when it accepts connections (sd_notify(3))."""
    ready.settimeout(1)
    for _ in range(PATIENCE):
        with contextlib.suppress(TimeoutError):
            if b"READY=1" in ready.recv(4096):
                return
        if server.poll() is not None:
            break
    sys.exit(f"fleet: PostgreSQL does not start:\n{log.read_text()}")
