"""`python3 -m ringlab.update_service ZONES NSD ADDRESS…`: a service of dynamic DNS, on port 80. What updaters tell it gets into the zones of the
household's name servers: the files in the folder ZONES, which the process NSD reads anew.

It speaks what most of them take for granted: dyndns2's /nic/update (hostname, myip) and dynv6's /api/update (hostname, ipv4, ipv6); an address
that is left out, or "auto", is the one that the call comes from. Anything else is answered with that address, as by the pages that tell
somebody how he is seen.
"""

import ipaddress
import os
import re
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from ringlab.port_checker import Server

ZONES, NSD = Path(sys.argv[1] if len(sys.argv) > 1 else "."), int(sys.argv[2]) if len(sys.argv) > 2 else 0
one_at_a_time = threading.Lock()


def updated(zone: str, name: str, address: str) -> str:
    """The text of the zone with this address alone, of its family, and the next serial."""
    kind = "AAAA" if ":" in address else "A"
    head = re.compile(rf"^{re.escape(name)}\. (\d+) IN {kind} .*$", re.MULTILINE)
    lifetime = found[1] if (found := head.search(zone)) else "60"
    zone = head.sub("", zone).rstrip() + f"\n{name}. {lifetime} IN {kind} {address}\n"
    return re.sub(r"(?m)^(@ \d+ IN SOA \S+ \S+ )(\d+)", lambda at: at[1] + str(int(at[2]) + 1), re.sub(r"\n+", "\n", zone))


def publish(name: str, address: str) -> str:
    """What is said to the caller."""
    path = ZONES / f"zone.{'.'.join(name.split('.')[-2:])}"
    try:
        address = str(ipaddress.ip_address(address))
        with one_at_a_time:
            old = path.read_text()
            if f" IN {'AAAA' if ':' in address else 'A'} {address}\n" in "".join(line + "\n" for line in old.splitlines() if line.startswith(f"{name}. ")):
                return f"nochg {address}"
            path.write_text(updated(old, name, address))
            os.kill(NSD, signal.SIGHUP)
    except (OSError, ValueError):
        return "nohost"
    return f"good {address}"


class Service(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        caller, parts = self.client_address[0], urlsplit(self.path)
        said = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        names = said.get("hostname", "").split(",")
        if parts.path == "/nic/update":
            body = "\n".join(publish(name, said.get("myip") or caller) for name in names)
        elif parts.path == "/api/update":
            told = [said[key] for key in ("ipv4", "ipv6") if key in said]
            body = "\n".join(publish(name, caller if one == "auto" else one) for name in names for one in told)
        else:
            body = caller
        print(f"{caller} {parts.path} {said.get('hostname', '')} {body}", flush=True)
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body) + 1))
        self.end_headers()
        self.wfile.write(body.encode() + b"\n")

    def log_message(self, *_) -> None:
        pass


if __name__ == "__main__":
    for one in [Server(address, Service) for address in sys.argv[3:]]:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    threading.Event().wait()
