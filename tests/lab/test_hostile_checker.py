#!/usr/bin/python3
"""A port checker (echoip) that means harm, asked by the real program.  test_hostile_checker.py --bin DIR

Two network namespaces: a host, and the checker on its only link. Whatever the checker does, the run ends in time, with a report by the
schema, without following anything, and with no more believed than one answer about the port and the family that were asked for.
"""
import contextlib
import json
import socket
import sys
import threading

sys.dont_write_bytecode = True

from checked_host import CHECKER, HOST, SECONDS, asked, connect_to_checker, program_of, told  # noqa: E402

MOST_BYTES = 8 << 20  # that it lets the checker send: what it reads, and what fills the sockets on the way


def said(**keys) -> bytes:
    return json.dumps({"ip": HOST, "port": 443, "reachable": True} | keys).encode()


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *(headers or ("Content-Type: application/json",))]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def endless(start: bytes, piece: bytes):
    """Until the other side has had enough."""
    def serve(peer: socket.socket) -> int:
        sent = peer.send(start)
        with contextlib.suppress(OSError):
            while sent < 4 * MOST_BYTES:
                sent += peer.send(piece)
        return sent
    return serve


def silent_after(start: bytes):
    """Says this and then nothing, for as long as somebody listens."""
    def serve(peer: socket.socket) -> int:
        peer.sendall(start)
        with contextlib.suppress(OSError):
            while peer.recv(4096):
                pass
        return len(start)
    return serve


OK = b"HTTP/1.1 200 OK\r\n"
# what it does: (bytes or a function of the connection, is it believed)
DEEDS = {
    "an honest answer": (answer(said()), True),
    "another type of content": (answer(said(), "200 OK", "Content-Type: text/html"), True),   # what counts is what it says
    "a page": (answer(b"<html>reachable: true</html>", "200 OK", "Content-Type: text/html"), False),
    "a body without end": (endless(OK + b"Content-Length: 99999999999\r\n\r\n", b" " * 65536), False),
    "chunks without end": (endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65536 + b"\r\n"), False),
    "headers without end": (endless(OK, b"X: " + b"y" * 4096 + b"\r\n"), False),
    "one header line without end": (endless(OK + b"X: ", b"y" * 65536), False),
    "provisional answers without end": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), False),
    "a negative length": (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + said(), False),
    "silence": (silent_after(b""), False),
    "silence in the midst of a header": (silent_after(OK + b"Content-"), False),
    "silence in the midst of the body": (silent_after(OK + b"Content-Length: 100\r\n\r\n{"), False),
    "a body that ends too soon": (OK + b"Content-Length: 100\r\n\r\n" + said(), False),
    "a redirect to itself": (answer(b"", "302 Found", f"Location: http://{CHECKER}/port/443"), False),
    "a redirect into the home": (answer(b"", "307 Temporary Redirect", f"Location: http://{HOST}:443/"), False),
    "a redirect to a file": (answer(b"", "301 Moved Permanently", "Location: file:///etc/passwd"), False),
    "a redirect with an answer": (answer(said(), "302 Found", f"Location: http://{CHECKER}/"), False),
    "an upgrade": (answer(b"", "101 Switching Protocols", "Upgrade: h2c"), False),
    "a refusal": (answer(said(), "429 Too Many Requests", "Retry-After: 99999999999"), False),
    "not HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", False),
    "zero bytes": (b"\0" * 4096, False),
    "somebody else's address": (answer(said(ip="9.9.9.9")), True),
    "an address that is nobody's": (answer(said(ip="192.168.1.1")), True),
    "another port": (answer(said(port=444)), False),
    "the other family": (answer(said(ip="2a01:4f8::1")), False),
    "no address": (answer(said(ip="185.10.20.30\u001b[2J")), False),
    "a number for a word": (answer(said(reachable=1)), False),
    "a hundred thousand arrays": (answer(b"[" * 60000), False),
    "the wrong encoding": (answer(b'{"ip":"\xff\xfe","port":443,"reachable":true}'), False),
    "squeezed": (answer(said(), "200 OK", "Content-Encoding: gzip"), True),   # which was not asked for: taken as it is
}


class Checker:
    """Does one deed to whoever connects."""

    def __init__(self):
        self.listener = socket.create_server((CHECKER, 80))
        self.deed, self.requests, self.sent = b"", [], 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            peer, _ = self.listener.accept()
            threading.Thread(target=self.meet, args=(peer,), daemon=True).start()

    def meet(self, peer: socket.socket) -> None:
        with peer, contextlib.suppress(OSError):
            peer.settimeout(SECONDS)
            self.requests.append(peer.recv(65536).split(b"\r\n")[0].decode("latin-1"))
            if callable(self.deed):
                self.sent += self.deed(peer)
            else:
                peer.sendall(self.deed)


def judge(program: str, host: int, checker: Checker, deed, believed: bool) -> None:
    checker.deed, checker.requests, checker.sent = deed, [], 0
    report, text = asked(program, host, "http")
    assert checker.requests == ["GET /port/443 HTTP/1.1"], f"it asked {checker.requests}"
    assert checker.sent <= MOST_BYTES, f"it let the checker send {checker.sent} bytes"
    assert not any(ord(sign) < 32 and sign != "\n" for sign in text), "control characters in the report"
    inbound = next(one for one in report["probes"] if one["name"] == "inbound")
    assert inbound["status"] in ("done", "timed-out"), f"the probe: {inbound}"
    (vantage,), (knock,), (service,) = report["evidence"]["inbound"]["vantages"], report["evidence"]["inbound"]["knocks"], report["services"]
    assert (knock["result"] is not None, vantage["knocked"], vantage["trouble"] is None) == (believed,) * 3, \
        f"knocked {vantage['knocked']}, result {knock['result']}, trouble {vantage['trouble']}"
    assert believed or service["reachable"] == "unknown", f"the verdict: {service}"
    assert not believed or service["reachable"] != "yes", f"the verdict: {service}"   # it says so, and nothing came to the card


def main() -> int:
    program = program_of(sys.argv)
    host = connect_to_checker()
    try:
        checker = Checker()
        went = [told(what, lambda: judge(program, host.pid, checker, *deed)) for what, deed in DEEDS.items()]
    finally:
        host.kill()
        host.wait()
    return 0 if all(went) else 1


if __name__ == "__main__":
    sys.exit(main())
