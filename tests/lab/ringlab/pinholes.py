"""`python3 -m ringlab.pinholes forbidden|refused PORT ADDRESS SERVER_PORT`: stands before a router's miniupnpd and lets nobody open IPv6 ports.

miniupnpd has no setting for that (its ipv6fc_inbound_pinhole_allowed is fixed when it is built), so its own answers are passed on, except:
AddPinhole is error 703, and with "forbidden" GetFirewallStatus says so beforehand (WANIPv6FirewallControl:1 §2.4, §2.5).
"""

import re
import socket
import sys
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULT = """<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" \
s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring>\
<detail><UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>703</errorCode><errorDescription>InboundPinholeNotAllowed</errorDescription></UPnPError></detail>\
</s:Fault></s:Body></s:Envelope>"""


class Filter(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        how, address, port = self.server.how
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        action = self.headers.get("SOAPAction", "").strip('"').partition("#")[2]
        if action == "AddPinhole":
            return self.say(500, FAULT.encode(), "text/xml")
        behind = HTTPConnection(address, port, timeout=5)
        behind.request(self.command, self.path, body, dict(self.headers))
        answer = behind.getresponse()
        text = answer.read()
        if action == "GetFirewallStatus" and how == "forbidden":
            text = re.sub(rb"<InboundPinholeAllowed>1<", b"<InboundPinholeAllowed>0<", text)
        self.say(answer.status, text, answer.headers.get("Content-Type", "text/xml"))

    do_POST = do_GET

    def say(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


class Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6
    daemon_threads = True


def main(how: str, port: str, address: str, server_port: str) -> None:
    server = Server(("::", int(port)), Filter)
    server.how = (how, address, int(server_port))
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
