"""Which addresses a household has. They follow from its name, so no two are alike and none can be wired into code.

All of them are globally routable unicast space (documentation prefixes are rightly "not global" to the product);
they exist in the namespaces alone.
"""

import ipaddress
import random
from dataclasses import dataclass, field

# First octets that hold no special-purpose block at all.
FIRST_OCTETS = (5, 31, 37, 46, 62, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 93, 94, 95, 109, 176,
                178, 188, 193, 194, 195, 212, 213, 217)
FIRST_GROUPS = (0x2a00, 0x2a01, 0x2a02, 0x2a03, 0x2a04, 0x2a05, 0x2a06, 0x2a07, 0x2600, 0x2804, 0x2400, 0x2c0f)


@dataclass
class Addresses:
    name: str
    words: dict[str, str] = field(default_factory=dict)  # what household files may call an address

    def __post_init__(self):
        # Seeding with a string goes through SHA-512: the same addresses on every machine.
        draw = random.Random(f"ringback lab: {self.name}")
        octets, groups = draw.sample(FIRST_OCTETS, 3), draw.sample(FIRST_GROUPS, 3)
        second = [draw.randrange(1, 250) for _ in range(3)]
        pairs = [draw.randrange(0x0100, 0xff00) for _ in range(3)]

        def ipv4(which: int, rest: str) -> str:
            return f"{octets[which]}.{second[which]}.{rest}"

        def ipv6(which: int, rest: str) -> str:
            return f"{groups[which]:x}:{pairs[which]:x}:{rest}"

        # The provider's address space is number 0, the public servers' 1, the vantage point's 2.
        self.provider4, self.provider6 = ipv4(0, "0.0/16"), ipv6(0, ":/32")
        self.uplink4 = (ipv4(0, "0.1"), ipv4(0, "0.2"))  # backbone, provider
        self.uplink6 = (ipv6(0, "0:0::1"), ipv6(0, "0:0::2"))
        home, pool = draw.randrange(2, 250), draw.randrange(2, 250)
        self.access_gateway4, self.access4 = ipv4(0, "16.1"), ipv4(0, f"17.{home}")
        self.access_length4 = 22
        self.access_gateway6, self.access6 = ipv6(0, "0:1::1"), ipv6(0, f"0:1::{home:x}")
        self.shared4 = ipv4(0, f"32.{pool}")  # the address that a carrier's translator shares among its customers
        self.pool4 = ipv4(0, f"33.{pool}")  # the other one, where the carrier has two
        inside = draw.randrange(64, 128)
        self.cgn_gateway4, self.cgn4 = f"100.{inside}.0.1", f"100.{inside}.1.{home}"
        delegated = draw.randrange(0x10, 0xff)
        self.delegated = ipv6(0, f"{delegated:x}00::/56")
        self.lans = [ipv6(0, f"{delegated:x}00:{subnet:x}::") for subnet in (1, 2)]
        self.old_prefix = ipv6(0, f"{delegated ^ 1:x}00:1::")  # a neighbour's by now
        self.local_prefix = "fd{:02x}:{:x}:{:x}:0::".format(*(draw.randrange(1, 256) for _ in range(3)))
        self.nat64_6 = ipv6(0, "0:64::1")
        self.resolver64 = ipv6(0, "0:53::1")

        self.servers_gateway = (ipv4(1, "8.1"), ipv6(1, "8::1"))
        self.resolvers = [ipv4(1, "8.8"), ipv6(1, "8::8"), ipv4(1, "8.9"), ipv6(1, "8::9")]
        self.root = [ipv4(1, "8.4"), ipv6(1, "8::4")]  # name server of the root and of the zones right below it
        self.nameservers = [ipv4(1, "8.53"), ipv6(1, "8::53"), ipv4(1, "8.54"), ipv6(1, "8::54")]
        self.dead_nameservers = [ipv4(1, "8.55"), ipv6(1, "8::55"), ipv4(1, "8.56"), ipv6(1, "8::56")]
        self.stun = [ipv4(1, "8.78"), ipv6(1, "8::78"), ipv4(1, "8.79"), ipv6(1, "8::79")]
        self.update_service = [ipv4(1, "8.80"), ipv6(1, "8::80")]
        self.vpn = [ipv4(1, "8.66"), ipv6(1, "8::66")]
        self.second_vantage = [ipv4(1, "8.90"), ipv6(1, "8::90")]
        self.second_knockers = [ipv4(1, "8.91"), ipv6(1, "8::91")]
        self.vantage_gateway = (ipv4(2, "70.1"), ipv6(2, "70::1"))
        self.vantage = [ipv4(2, "70.10"), ipv6(2, "70::10")]
        self.knockers = [ipv4(2, "70.11"), ipv6(2, "70::11")]

        self.operator_zone = f"probes-{draw.randrange(0x1000, 0xffff):x}.org"
        # The manufacturer's part is a single-board computer's: where EUI-64 addresses are common in homes.
        self.host_mac = "dc:a6:32:" + ":".join(f"{draw.randrange(256):02x}" for _ in range(3))
        self.router_macs = ["3c:a6:2f:" + ":".join(f"{draw.randrange(256):02x}" for _ in range(3)) for _ in range(2)]
        self.secret = str(ipaddress.IPv6Address(draw.getrandbits(128)))
        self.neighbour_mac = "b8:27:eb:" + ":".join(f"{draw.randrange(256):02x}" for _ in range(3))
        self.words["vantage4"], self.words["vantage6"] = self.vantage
        self.words["updates4"], self.words["updates6"] = self.update_service
        self.words["knocker4"], self.words["knocker6"] = self.knockers
        self.words["second-knocker4"], self.words["second-knocker6"] = self.second_knockers
        self.words["somebody-else4"] = ipv4(1, f"99.{home}")
        self.words["somebody-else6"] = ipv6(1, f"99::{home:x}")

    def knock_from_where_it_listens(self) -> None:
        """A vantage point with one address of each family, as most small servers have it."""
        self.knockers = self.vantage
        self.words["knocker4"], self.words["knocker6"] = self.knockers

    def number_customers(self, cgn_range: str) -> None:
        """Behind a carrier's translator, where the carrier does not use 100.64.0.0/10 for it."""
        first, second = cgn_range.split(".")[0], self.cgn4.split(".", 1)[1]
        self.cgn4, self.cgn_gateway4 = f"{first}.{second}", f"{first}.{self.cgn_gateway4.split('.', 1)[1]}"

    def make_6to4(self) -> None:
        """The home's prefix follows from its IPv4 address (RFC 3056 §2)."""
        site = "2002:{:02x}{:02x}:{:02x}{:02x}:".format(*map(int, self.access4.split(".")))
        self.delegated, self.lans = site + ":/48", [f"{site}{subnet:x}::" for subnet in (1, 2)]

    def resolve(self, word: str) -> str:
        """An address for a word of a household file; literals stand for themselves."""
        if word in self.words:
            return self.words[word]
        return str(ipaddress.ip_address(word))  # ValueError names what it is not


def of_family(addresses: list[str], families: list[str]) -> list[str]:
    return [one for one in addresses if ("ipv6" if ":" in one else "ipv4") in families]


def network_of(address: str) -> str:
    """The /64 of an address."""
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


def eui64(mac: str) -> str:
    """The interface identifier that a hardware address makes (RFC 4291, appendix A)."""
    octets = [int(one, 16) for one in mac.split(":")]
    octets = [octets[0] ^ 2, *octets[1:3], 0xff, 0xfe, *octets[3:]]
    return "::" + ":".join(f"{high << 8 | low:x}" for high, low in zip(octets[::2], octets[1::2]))


def with_identifier(prefix: str, address: str) -> str:
    """The interface identifier of `address` (its lower 64 bits) under another /64."""
    identifier = int(ipaddress.IPv6Address(address)) & (2 ** 64 - 1)
    return str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | identifier))
