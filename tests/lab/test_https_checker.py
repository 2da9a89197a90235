#!/usr/bin/python3
"""A port checker (echoip) over TLS, asked by the real program.  test_https_checker.py --bin DIR

Two network namespaces: a host, which trusts one authority alone, and the checker on its only link. With a certificate of that authority for the
checker's address its word counts, whatever it is. With any other certificate, or without TLS, nothing is asked and nothing is concluded: least of
all that the service is closed, as this checker would say.
"""
import contextlib
import ctypes
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from jsonschema import Draft202012Validator

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOST, CHECKER, GATEWAY = "185.10.20.30", "185.10.20.29", "185.10.20.1"
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"  # Debian's
SECONDS = 60  # a busy machine must not fail the test; a program that hangs does
DEADLINE = 4  # of the run
CLONE_NEWNET = 0x40000000
ENVIRONMENT = {**os.environ, "HOME": "/", "ASAN_OPTIONS": "detect_leaks=0"}
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

# certificate: (by whom, for which name, valid for how many days), is it good
CERTIFICATES = {
    "for this address": (("authority", f"IP:{CHECKER}", 2), True),
    "for this address and a name": (("authority", f"DNS:checker.example,IP:{CHECKER}", 2), True),
    "for another address": (("authority", f"IP:{HOST}", 2), False),
    "for a name alone": (("authority", "DNS:checker.example", 2), False),
    "expired": (("authority", f"IP:{CHECKER}", -1), False),
    "by nobody known": (("stranger", f"IP:{CHECKER}", 2), False),
}


def openssl(folder: str, *words: str) -> None:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"openssl {' '.join(words)}: {done.stderr}")


def make_authorities(folder: str) -> None:
    for name in ("authority", "stranger"):
        openssl(folder, "req", "-x509", *KEY, "-days", "2", "-keyout", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}")


def context(folder: str, by: str, name: str, days: int) -> ssl.SSLContext:
    pathlib.Path(folder, "extensions").write_text(f"subjectAltName={name}\n")
    openssl(folder, "req", "-new", *KEY, "-keyout", "leaf.key", "-out", "request", "-subj", "/CN=checker")
    openssl(folder, "x509", "-req", "-in", "request", "-CA", f"{by}.crt", "-CAkey", f"{by}.key", "-CAcreateserial", "-days", str(days), "-extfile", "extensions",
            "-out", "leaf.crt")
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(f"{folder}/leaf.crt", f"{folder}/leaf.key")
    return made


class Checker:
    """Tries the port, as echoip does, and tells; or says what it is told to say."""

    def __init__(self):
        self.listener = socket.create_server((CHECKER, 443))
        self.meet = None  # what becomes of a connection, before the request is read
        self.says = None
        self.connections, self.requests = 0, []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.answer, args=(peer,), daemon=True).start()

    def answer(self, peer: socket.socket) -> None:
        self.connections += 1
        with contextlib.suppress(OSError), peer:
            peer.settimeout(SECONDS)
            with self.meet(peer) as spoken:
                request = spoken.recv(65536).split(b"\r\n")[0].decode("latin-1")
                if not request.startswith("GET "):
                    return
                self.requests.append(request)
                reachable = self.says if self.says is not None else self.reaches()
                body = json.dumps({"ip": HOST, "port": 443, "reachable": reachable}).encode()
                spoken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

    @staticmethod
    def reaches() -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, 443), 5).close()
            return True
        return False


@contextlib.contextmanager
def in_the_clear(peer: socket.socket):
    yield peer


def hangs_up(peer: socket.socket):
    peer.recv(1)
    raise OSError("enough")


def only_listens(peer: socket.socket):
    while peer.recv(65536):
        pass
    raise OSError("it went")


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


def connect_to_checker(folder: str) -> subprocess.Popen:
    """The host, a process that listens in network and mount namespaces of its own, where the one authority is trusted; this process becomes the
    checker's."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        sys.exit(f"needs root: {os.strerror(ctypes.get_errno())}")
    listening = "import socket; s = socket.create_server((\"\", 443)); print(flush=True); input()"
    host = subprocess.Popen(["unshare", "--net", "--mount", "sh", "-ec", f"mount --bind {folder}/authority.crt {TRUSTED}; ip link set lo up; "
                             f"exec /usr/bin/python3 -c '{listening}'"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if not host.stdout.readline():
        sys.exit("the host did not come up (is there a /etc/ssl/certs/ca-certificates.crt? Debian's package ca-certificates has it)")
    ip("link", "set", "lo", "up")
    ip("link", "add", "there", "type", "veth", "peer", "name", "eth0", "netns", str(host.pid))
    for address in (CHECKER, GATEWAY):
        ip("address", "add", f"{address}/24", "dev", "there")
    ip("link", "set", "there", "up")
    for line in (f"address add {HOST}/24 dev eth0", "link set eth0 up", f"route add default via {GATEWAY}"):
        subprocess.run(["nsenter", "-t", str(host.pid), "-n", "ip", *line.split()], check=True)
    return host


def trouble_with(program: str, host: int, checker: Checker, good: bool, schema: Draft202012Validator) -> str | None:
    checker.connections, checker.requests = 0, []
    run = subprocess.run(["nsenter", "-t", str(host), "-n", "-m", program, "-4", "-s", "443/tcp", "--vantage", f"echoip+https://{CHECKER}", "--only",
                          "host,listeners,inbound", "--no-third-party", "--deadline", str(DEADLINE), "-f", "json"],
                         capture_output=True, text=True, env=ENVIRONMENT, timeout=SECONDS, check=False)
    if run.returncode not in (0, 1, 2, 3):
        return f"it ended with {run.returncode}: {run.stderr[-2000:]}"
    report = json.loads(run.stdout)
    for wrong in schema.iter_errors(report):
        return f"not by the schema: {wrong.message}"
    if report["duration_ms"] > DEADLINE * 1000:
        return f"it took {report['duration_ms']} ms"
    if not checker.connections or checker.requests != (["GET /port/443 HTTP/1.1"] if good else []):
        return f"{checker.connections} connections, asked {checker.requests}"
    (vantage,), (knock,) = report["evidence"]["inbound"]["vantages"], report["evidence"]["inbound"]["knocks"]
    result = None if not good else "failed" if checker.says is False else "connected"
    if (knock["result"], vantage["knocked"], vantage["trouble"] is None) != (result, good, good):
        return f"knocked {vantage['knocked']}, result {knock['result']}, trouble {vantage['trouble']}"
    (service,) = report["services"]
    if good and checker.says is None and service["reachable"] != "yes":
        return f"it is reachable, and the verdict is {service}"
    if not good and (service["reachable"], service["cause"]) != ("unknown", "inbound.untested"):
        return f"the verdict: {service}"
    return None


def main() -> int:
    if len(sys.argv) != 3 or sys.argv[1] != "--bin":
        sys.exit("usage: test_https_checker.py --bin DIR")
    program = str(pathlib.Path(sys.argv[2]).resolve() / "ringback")
    schema = Draft202012Validator(json.loads((ROOT / "report/schema.json").read_text()))
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        make_authorities(folder)
        host = connect_to_checker(folder)
        try:
            checker = Checker()

            def judge(what: str, meet, says: bool | None, good: bool) -> None:
                nonlocal failures
                checker.meet, checker.says = meet, says
                trouble = trouble_with(program, host.pid, checker, good, schema)
                print(f"not ok {what}: {trouble}" if trouble else f"ok     {what}", flush=True)
                failures += bool(trouble)

            for what, (certificate, good) in CERTIFICATES.items():
                tls = context(folder, *certificate)
                judge(f"a certificate {what}", lambda peer, tls=tls: tls.wrap_socket(peer, server_side=True), None if good else False, good)
            tls = context(folder, *CERTIFICATES["for this address"][0])
            judge("a good one, and \"closed\"", lambda peer: tls.wrap_socket(peer, server_side=True), False, True)
            for what, meet in (("no TLS at all", in_the_clear), ("a hang-up in the handshake", hangs_up), ("silence in the handshake", only_listens)):
                judge(what, meet, False, False)
        finally:
            host.kill()
            host.wait()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
