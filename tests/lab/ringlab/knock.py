"""`python3 -m ringlab.knock tcp|udp|ask|load ADDRESS PORT [FROM]`: one knock by hand, for looking at a household.

Says connected, refused, replied, timeout or unreachable, as a vantage point does. With `ask` in place of the
protocol it says what a TCP server there answered first; with `load`, "loaded" if a page of 60 kB came in full.
"""

import socket
import sys

from ringlab.listener import LONG

SECONDS = 2
LOAD_SECONDS = 10  # between two packets; a kernel that has to find their size by itself takes some


def knock(protocol: str, address: str, port: int, source: str) -> str:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM) as one:
        one.settimeout(SECONDS)
        if source:
            one.bind((source, 0))
        try:
            one.connect((address, port))
            if protocol == "load":
                one.settimeout(LOAD_SECONDS)
                missing = len(LONG)
                while missing > 0 and (data := one.recv(65536)):
                    missing -= len(data)
                return "loaded" if missing == 0 else f"{missing} bytes missing"
            if protocol == "ask":
                return one.recv(100).decode()
            if protocol == "udp":
                one.send(b"knock")
                one.recv(1500)
                return "replied"
            return "connected"
        except TimeoutError:
            return "timeout"
        except ConnectionRefusedError:
            return "refused"
        except OSError as error:
            return f"unreachable ({error.strerror})"


if __name__ == "__main__":
    print(knock(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else ""))
