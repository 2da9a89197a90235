"""`python3 -m ringlab.softwire TUN LOCAL REMOTE`: one end of an IPv4-in-IPv6 tunnel (RFC 2473, used by RFC 6333).

The kernel here has no ip6tnl: a TUN device on the inside, a raw IPv6 socket with next header 4 on the outside.
The kernel writes and removes the outer header, and fragments nothing: the TUN's MTU leaves room for it.
"""

import fcntl
import selectors
import socket
import struct
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
IPPROTO_IPIP = 4


def main(tun: str, local: str, remote: str) -> None:
    device = open("/dev/net/tun", "r+b", buffering=0)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", tun.encode(), IFF_TUN | IFF_NO_PI))
    outside = socket.socket(socket.AF_INET6, socket.SOCK_RAW, IPPROTO_IPIP)
    outside.bind((local, 0))
    outside.connect((remote, 0))  # hears this one end alone
    selector = selectors.DefaultSelector()
    selector.register(device, selectors.EVENT_READ, lambda: outside.send(device.read(65536)))
    selector.register(outside, selectors.EVENT_READ, lambda: device.write(outside.recv(65536)))
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            try:
                key.data()
            except OSError as error:  # an unreachable far end, a packet that is not IPv4: lost, as on any link
                print(error, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
