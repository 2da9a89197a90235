"""What the tests of this folder share: servers that are started and ended, the publishing program, and an authority for certificates."""
import contextlib
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

SECONDS = 30  # for a server to begin, or a scrape to come: only what hangs takes so long
HOSTS = {"broker.example": ["127.0.0.1"], "two.example": ["::1", "127.0.0.1"], "other.example": ["127.0.0.1"]}
AUTHORITIES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")  # Debian's package ca-certificates
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

binaries: pathlib.Path
folder: pathlib.Path
_made = tempfile.TemporaryDirectory(prefix="ringback-publish-")


def prepare(where: pathlib.Path) -> None:
    """Loopback, names, reports, and an authority that this host trusts. To be called inside of namespaces of network and mounts alone."""
    global binaries, folder
    binaries, folder = where, pathlib.Path(_made.name)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    replace("/etc/hosts", "".join(f"{address} {name}\n" for name, addresses in HOSTS.items() for address in addresses))
    (folder / "reports").mkdir()
    subprocess.run([binaries / "test-report", "samples as JSON files"], env=os.environ | {"RINGBACK_WRITE_JSON": str(folder / "reports")}, check=True, stdout=subprocess.DEVNULL)
    for name in ("authority", "stranger"):
        openssl("req", "-x509", *KEY, "-days", "2", "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}")
    replace(AUTHORITIES, AUTHORITIES.read_text() + (folder / "authority.crt").read_text())


def replace(path: str | pathlib.Path, text: str) -> None:
    """In this namespace alone."""
    copy = folder / str(path).replace("/", "_")
    copy.write_text(text)
    subprocess.run(["mount", "--bind", copy, path], check=True)


def openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def certificate(name: str, by: str = "authority", days: int = 2) -> tuple[str, str]:
    """Certificate and key for this name ("DNS:broker.example", "IP:127.0.0.1")."""
    at = f"leaf-{by}-{days}-{name}".replace(":", "-")
    (folder / "extensions").write_text(f"subjectAltName={name}\n")
    openssl("req", "-new", *KEY, "-keyout", f"{at}.key", "-out", "request", "-subj", "/CN=leaf")
    openssl("x509", "-req", "-in", "request", "-CA", f"{by}.crt", "-CAkey", f"{by}.key", "-CAcreateserial", "-days", str(days), "-extfile", "extensions", "-out", f"{at}.crt")
    return str(folder / f"{at}.crt"), str(folder / f"{at}.key")


def secret(text: str, mode: int = 0o600) -> str:
    handle, path = tempfile.mkstemp(dir=folder)
    os.write(handle, text.encode())
    os.fchmod(handle, mode)
    os.close(handle)
    return path


def publish(report: str, level: str, *options: str) -> list[str]:
    """What was in its way."""
    done = subprocess.run([binaries / "publish-report", folder / "reports" / f"{report}.json", level, *options], capture_output=True, text=True, timeout=SECONDS * 2)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"publish-report ended with {done.returncode}: {done.stderr}")
    return done.stdout.splitlines()


def report(name: str) -> dict:
    return json.loads((folder / "reports" / f"{name}.json").read_text())


def eventually(what, seconds: float = SECONDS):
    """The first true answer."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError):
            if answer := what():
                return answer
        if time.monotonic() > end:
            raise AssertionError(f"it never became true: {what}")
        time.sleep(0.05)


def listens(port: int, address: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        return probe.connect_ex((address, port)) == 0


class Servers(unittest.TestCase):
    """Whatever a test starts ends with it."""

    def start(self, port: int, *words) -> subprocess.Popen:
        log = open(folder / f"log-{pathlib.Path(words[0]).name}", "ab")
        self.addCleanup(log.close)
        process = subprocess.Popen([str(word) for word in words], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.addCleanup(self.end, process)
        eventually(lambda: process.poll() is not None or listens(port))
        if process.poll() is not None:
            raise AssertionError(f"{words[0]} ended with {process.returncode}: {pathlib.Path(log.name).read_text()[-2000:]}")
        return process

    @staticmethod
    def end(process: subprocess.Popen) -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)

    def swallow(self, port: int, family: str) -> None:
        """Whatever is sent there over "ip" or "ip6" draws no answer, as behind a line whose one family is broken."""
        for words in ("add table inet dark", "add chain inet dark input { type filter hook input priority 0 ; }", f"add rule inet dark input meta protocol {family} tcp dport {port} drop"):
            subprocess.run(["nft", words], check=True)
        self.addCleanup(subprocess.run, ["nft", "delete table inet dark"], check=False, stderr=subprocess.DEVNULL)

    def resetting(self) -> int:
        """The port of somebody who takes connections, waits for the first bytes, and resets."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.addCleanup(listener.close)

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection = listener.accept()[0]
                    connection.recv(1)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        return listener.getsockname()[1]

    def silent(self) -> int:
        """The port of somebody who takes connections and never says a word."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.addCleanup(listener.close)
        return listener.getsockname()[1]
