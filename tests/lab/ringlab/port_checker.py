"""`python3 -m ringlab.port_checker ADDRESS…`: a port checker as echoip is one: GET /port/N tries that TCP port of the caller.

Stands in for https://github.com/mpolden/echoip, which Debian does not have: its answer's form, its five seconds of patience, and no word
of why a port did not answer.
"""

import json
import socket
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE_SECONDS = 5


class Checker(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        caller, port = self.client_address[0], self.path.removeprefix("/port/")
        if not self.path.startswith("/port/") or not port.isdigit() or not 0 < int(port) < 65536:
            self.send_error(404)
            return
        body = json.dumps({"ip": caller, "port": int(port), "reachable": reaches(caller, int(port))}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


class Server(ThreadingHTTPServer):
    def __init__(self, address: str, handler=Checker):
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, 80), handler)

    def server_bind(self) -> None:
        """Without a question to the DNS for the server's own name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]


def reaches(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), PATIENCE_SECONDS).close()
        return True
    except OSError:
        return False


if __name__ == "__main__":
    servers = [Server(address) for address in sys.argv[1:]]
    for one in servers:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    threading.Event().wait()
