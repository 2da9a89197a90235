"""`python3 -m ringlab.advertiser INTERFACE PREFIX [RESOLVER]`: router advertisements with PREF64 (RFC 8781) in them.

Neither dnsmasq 2.90 nor radvd 2.19 can send that option. Everything else is as dnsmasq has it.
"""

import ipaddress
import socket
import struct
import sys
from pathlib import Path

SOLICITATION, ADVERTISEMENT = 133, 134
ICMP6_FILTER = 1
LIFETIME = 1800
WELL_KNOWN = ipaddress.IPv6Address("64:ff9b::")


def advertisement(mac: bytes, prefix: str, resolvers: list[str]) -> bytes:
    """RFC 4861 §4.2; the kernel fills in the checksum."""
    message = struct.pack("!BBHBBHII", ADVERTISEMENT, 0, 0, 64, 0, LIFETIME, 0, 0)
    message += struct.pack("!BBBBIII16s", 3, 4, 64, 0xC0, 86400, 86400, 0, ipaddress.IPv6Address(prefix).packed)
    message += struct.pack("!BB6s", 1, 1, mac)
    for resolver in resolvers:
        message += struct.pack("!BBHI16s", 25, 3, 0, LIFETIME, ipaddress.IPv6Address(resolver).packed)
    # RFC 8781 §4: the lifetime in units of eight seconds above three bits that are 0 for a /96.
    return message + struct.pack("!BBH12s", 38, 2, LIFETIME // 8 << 3, WELL_KNOWN.packed[:12])


def main(interface: str, prefix: str, *resolvers: str) -> None:
    index = socket.if_nametoindex(interface)
    mac = bytes.fromhex(Path(f"/sys/class/net/{interface}/address").read_text().strip().replace(":", ""))
    link = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    blocked = [0xFFFFFFFF] * 8  # RFC 3542 §3.2: a bit for each type
    blocked[SOLICITATION // 32] &= ~(1 << SOLICITATION % 32)
    link.setsockopt(socket.IPPROTO_ICMPV6, ICMP6_FILTER, struct.pack("=8I", *blocked))
    link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    link.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                    ipaddress.IPv6Address("ff02::2").packed + struct.pack("=I", index))
    while True:
        link.recv(1500)
        link.sendto(advertisement(mac, prefix, list(resolvers)), ("ff02::1", 0, 0, index))


if __name__ == "__main__":
    main(*sys.argv[1:])
