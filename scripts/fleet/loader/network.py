"""Which network a report came from, as far as its addresses tell."""
import socket
from typing import Any

from .document import Refused, shown

GLOBAL_UNICAST = 0x20  # 2000::/3, in the first three bits


def packed(family: int, address: str, at: str) -> bytes:
    try:
        return socket.inet_pton(family, address)
    except (OSError, ValueError):
        raise Refused(f"{at}: is {shown(address)}, and not an address") from None


def network_of(mapped_address: Any, ipv6_kind: str, prefix: Any) -> str | None:
    """The /32 around a native IPv6 prefix, as much as a registry gives a provider; otherwise the /16 around the mapped IPv4 address."""
    if ipv6_kind == "native" and isinstance(prefix, str):
        first = packed(socket.AF_INET6, prefix.partition("/")[0], "/connection/ipv6/prefix")
        if first[0] & 0xE0 == GLOBAL_UNICAST:
            return socket.inet_ntop(socket.AF_INET6, first[:4] + bytes(12)) + "/32"
    if isinstance(mapped_address, str):
        first = packed(socket.AF_INET, mapped_address, "/connection/ipv4/mapped_address")
        return f"{first[0]}.{first[1]}.0.0/16"
    return None
