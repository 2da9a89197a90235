#!/usr/bin/python3
"""A port checker (echoip) over TLS, asked by the real program.  test_https_checker.py --bin DIR

Two network namespaces: a host, which trusts one authority alone, and the checker on its only link. With a certificate of that authority for the
checker's address its word counts, whatever it is. With any other certificate, or without TLS, nothing is asked and nothing is concluded: least of
all that the service is closed, as this checker would say.
"""
import contextlib
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.dont_write_bytecode = True

from checked_host import CHECKER, HOST, SECONDS, asked, connect_to_checker, program_of, told  # noqa: E402

TRUSTED = "/etc/ssl/certs/ca-certificates.crt"  # Debian's package ca-certificates
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


def judge(program: str, host: int, checker: Checker, meet, says: bool | None, good: bool) -> None:
    checker.meet, checker.says = meet, says
    checker.connections, checker.requests = 0, []
    report, _ = asked(program, host, "https")
    assert checker.connections and checker.requests == (["GET /port/443 HTTP/1.1"] if good else []), \
        f"{checker.connections} connections, asked {checker.requests}"
    (vantage,), (knock,), (service,) = report["evidence"]["inbound"]["vantages"], report["evidence"]["inbound"]["knocks"], report["services"]
    result = None if not good else "failed" if says is False else "connected"
    assert (knock["result"], vantage["knocked"], vantage["trouble"] is None) == (result, good, good), \
        f"knocked {vantage['knocked']}, result {knock['result']}, trouble {vantage['trouble']}"
    if good and says is None:
        assert service["reachable"] == "yes", f"it is reachable, and the verdict is {service}"
    if not good:
        assert (service["reachable"], service["cause"]) == ("unknown", "inbound.untested"), f"the verdict: {service}"


def over_tls(folder: str, certificate: tuple):
    tls = context(folder, *certificate)
    return lambda peer: tls.wrap_socket(peer, server_side=True)


def main() -> int:
    program = program_of(sys.argv)
    with tempfile.TemporaryDirectory() as folder:
        make_authorities(folder)
        host = connect_to_checker(f"mount --bind {folder}/authority.crt {TRUSTED}")
        cases = {f"a certificate {what}": (over_tls(folder, certificate), None if good else False, good)
                 for what, (certificate, good) in CERTIFICATES.items()}
        cases |= {"a good one, and \"closed\"": (over_tls(folder, CERTIFICATES["for this address"][0]), False, True),
                  "no TLS at all": (in_the_clear, False, False), "a hang-up in the handshake": (hangs_up, False, False),
                  "silence in the handshake": (only_listens, False, False)}
        try:
            checker = Checker()
            went = [told(what, lambda: judge(program, host.pid, checker, *case)) for what, case in cases.items()]
        finally:
            host.kill()
            host.wait()
    return 0 if all(went) else 1


if __name__ == "__main__":
    sys.exit(main())
