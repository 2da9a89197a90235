"""`python3 -m ringlab.igd PORT OWN EXTERNAL`: the UPnP of a router (IGD:1) that calls EXTERNAL its internet address.

miniupnpd never names a private or shared address, and many home routers do. Apart from that address and "Connected" this one has broken XML alone.
"""

import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DEVICE = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"
SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"
DESCRIPTION = f"""<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><deviceType>{DEVICE}</deviceType>
<friendlyName>Gateway</friendlyName><manufacturer>Nobody</manufacturer><modelName>Box</modelName><UDN>uuid:1</UDN><serviceList><service>
<serviceType>{SERVICE}</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId><controlURL>/ctl</controlURL>
<eventSubURL>/evt</eventSubURL><SCPDURL>/scpd</SCPDURL></service></serviceList></device></root>"""
ENVELOPE = """<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>\
<u:{action}Response xmlns:u="{service}">{inside}</u:{action}Response></s:Body></s:Envelope>"""


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.say(200, DESCRIPTION)

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        for action, inside in self.server.answers.items():
            if action in asked:
                return self.say(200, ENVELOPE.format(action=action, service=SERVICE, inside=inside))
        self.say(500, "<broken><")

    def say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_) -> None:
        pass


def answer_searches(port: int, own: str) -> None:
    ears = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ears.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ears.bind(("", 1900))
    ears.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.255.255.250") + socket.inet_aton(own))
    found = (f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: {DEVICE}\r\nUSN: uuid:1::{DEVICE}\r\nEXT:\r\nSERVER: x UPnP/1.0 y\r\n"
             f"LOCATION: http://{own}:{port}/d.xml\r\n\r\n").encode()
    while True:
        data, sender = ears.recvfrom(2048)
        if data.startswith(b"M-SEARCH"):
            ears.sendto(found, sender)


def main(port: str, own: str, external: str) -> None:
    server = ThreadingHTTPServer(("", int(port)), Page)
    server.answers = {
        "GetExternalIPAddress": f"<NewExternalIPAddress>{external}</NewExternalIPAddress>",
        "GetStatusInfo": "<NewConnectionStatus>Connected</NewConnectionStatus><NewLastConnectionError></NewLastConnectionError><NewUptime>7</NewUptime>"}
    threading.Thread(target=answer_searches, args=(int(port), own), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
