"""A household's description: what may stand in households/NAME.toml, and what is meant when nothing stands there.

With `like = "OTHER"` a file starts as a copy of that household, and what stands in it replaces: tables are merged key by
key, lists of tables element by element, everything else is taken whole. `title` and `description` are a file's own.
"""

import dataclasses
import re
import tomllib
import typing
from dataclasses import dataclass, field
from pathlib import Path

from ringlab.errors import HouseholdError

DIRECTORY = Path(__file__).parents[1] / "households"
FINDING = str


def one_of(*values: str, default: str | None = None):
    return field(default=default if default is not None else values[0], metadata={"one_of": values})


def list_of(*default, one_of=None):
    return field(default_factory=lambda: list(default), metadata={"one_of": one_of})


@dataclass
class Access:
    """What the provider gives."""
    provider: str = one_of("plain", "cgn", "ds-lite", "lw4o6", "map-e", "nat64")
    pool: bool = False  # with cgn: each new connection gets one of two addresses, `mapped` or `pool`
    cgn_range: str = one_of("100.64.0.0/10", "10.0.0.0/8")  # some carriers number their customers privately
    families: list[str] = list_of("ipv4", "ipv6", one_of=("ipv4", "ipv6"))
    answers_icmp: bool = True  # its hops, to whatever asks them
    link: str = one_of("up", "down")
    mtu: int = 1500  # of the link to the home, at both ends; PPPoE leaves 1492
    loses: int = 0  # percent of the home's packets, each way
    ipv6_prefix: str = one_of("delegated", "6to4")  # the latter (RFC 3056) is made of the home's IPv4 address, and carried as if native
    drops: list[str] = list_of()  # services that the provider lets nobody reach, such as 25/tcp
    portal: bool = False  # until somebody logs in, there are names and one web page, whatever is asked for
    ipv6_works: bool = True  # otherwise a prefix is delegated and nothing comes of it
    swallows_larger_than: int = 0  # bytes; larger packets vanish, and nobody is told (RFC 2923 §2.1)
    commands: list[str] = list_of()  # as those of the host, in the provider's namespace


@dataclass
class Router:
    """One home router; the first one is the outermost."""
    lan4: str = "192.168.178.1/24"
    forwards: list[str] = list_of()  # "443/tcp", or "8443:443/tcp" with the outside port first; to the next one inwards
    forwards_to: str = ""  # instead: an address on the LAN that is not the host's
    listed_mappings: list[str] = list_of()  # like forwards, and in the list that UPnP shows
    answers_itself: list[str] = list_of()  # services on its own WAN address, open to the world
    loses_replies: list[str] = list_of()  # services whose answers never leave the home
    ipv6_openings: list[str] = list_of()  # to the host's stable address alone, as consumer routers do it
    ipv6_firewall: bool = True
    local_prefix: bool = False  # advertises a unique local prefix where the provider gives no global one
    # A unique local prefix at home, and the router translates: to the delegated prefix (RFC 6296), or to its own address.
    translates_ipv6: str = one_of("no", "prefix", "address")
    dhcpv6: bool = False  # hands out IPv6 addresses itself, and advertises no prefix to make some of (RFC 4861 §4.6.2, flag A)
    pref64: bool = False  # its advertisements name the prefix of the NAT64 (RFC 8781)
    refuses: str = one_of("silently", "aloud")
    answers_ping: bool = False  # from outside, for its own WAN address
    upnp: bool = True
    # Whether programs may open ports of its IPv6 firewall over UPnP: it says that they may not, or says that they may and refuses each.
    pinholes: str = one_of("allowed", "forbidden", "refused")
    # A UPnP of another maker's in miniupnpd's place, which never names a private or shared address: the address that this one names, right or not,
    # and nothing else that could be understood. "wan" is the router's own.
    igd_names: str = ""
    claims_address: str = ""  # over UPnP, NAT-PMP and PCP it calls this its WAN address, right or not
    nat_pmp: bool = True  # and PCP with it: miniupnpd has one switch for both
    dns: bool = True  # hands the host's questions on to the public resolvers
    dns_strips_signatures: bool = False  # its resolver leaves signatures and proofs out of its answers
    dns_validates: str = one_of("no", "yes", "old-anchor")  # its resolver does; the last with a key that is no longer the root's
    # Its resolver drops answers that lead into the home, as rebind protection does. "rebind": dnsmasq's own (stop-dns-rebind), which is about
    # private addresses alone; "nxdomain": dnsmasq with the home's public ones (bogus-nxdomain); "nodata": unbound with those (private-address).
    dns_hides_home: str = one_of("no", "rebind", "nxdomain", "nodata")
    dns_own_records: list[str] = list_of()  # its resolver, unbound, has these itself: "pi.example.net. A $HOST4"; words as in commands
    web: bool = False  # a page of its own on port 80 of its LAN address
    dark: bool = False  # no ICMP, no protocol; it only forwards (and advertises the prefix)
    commands: list[str] = list_of()  # as those of the host, in the router's namespace


@dataclass
class Listener:
    service: str = ""
    bind: str = ""  # empty: every address of both families; or an address, or a word such as "stable"
    v6only: bool = False
    answers: bool = False  # UDP: sends back what came
    resets: bool = False  # TCP: hangs up at once on whoever connects
    sends: bool = False  # TCP: at once a page that fills many packets of full size


@dataclass
class Host:
    # token: ::42 (ip-token(8)); by-hand: ::443, and none of an advertised prefix; dhcpv6: dhcpcd asks for it
    stable_address: str = one_of("eui-64", "stable-privacy", "token", "by-hand", "dhcpv6")
    temporary_addresses: bool = False
    listeners: list[Listener] = list_of()
    second_address: str = ""  # an interface identifier such as "::443": one more address, written by hand
    nftables: str = ""
    # Of its own: path (below /etc, /run or /var/spool/cron/crontabs) and text, with words as in commands. A file below /etc/network or
    # /etc/netplan brings ifupdown or netplan along.
    files: dict[str, str] = field(default_factory=dict)
    commands: list[str] = list_of()  # of the shell, as root, when all is up; the words of the README are $HOST4, $STABLE, $ROUTER_WAN6, …
    units: list[str] = list_of()  # of systemd: services and timers that the lab's systemctl starts after the commands, by what their files say
    resolver: str = one_of("none", "systemd-resolved")  # on the host itself: resolv.conf names its stub, and it asks those who stood there before
    name_sources: str = ""  # of nsswitch.conf(5): "files mdns4_minimal [NOTFOUND=return] dns"; without it "files dns"
    multicast_name: str = ""  # such as "himbeere.local": avahi answers the LAN for it
    multicast_zones: list[str] = list_of()  # what libnss-mdns asks the LAN for (/etc/mdns.allow), where it is not ".local" alone
    vpn: bool = False  # its IPv4 leaves through a tunnel to a VPN provider
    vpn_is_overlay: bool = False  # that provider is the exit node of an overlay network, with addresses in 100.64.0.0/10
    second_card: bool = False  # wlan0, into the same LAN, with an address and a worse default route of its own


@dataclass
class Neighbour:
    """Another machine in the host's LAN; it is there if anything stands here."""
    stable_address: str = one_of("by-hand", "eui-64")
    listeners: list[Listener] = list_of()
    multicast_name: str = ""  # as that of the host
    commands: list[str] = list_of()  # as those of the host, in the namespace "neighbour"


@dataclass
class Name:
    """Records; an address is a literal or one of the words of the README."""
    a: list[str] = list_of()
    aaaa: list[str] = list_of()
    ttl: int = 300
    alias: str = ""  # a CNAME record to this name instead of addresses
    names_below: str = ""  # a DNAME record: what is asked for below this name is at the same place below that one
    # What resolvers still have in their caches, since the records above are new: somebody else's addresses, or that there is no such name.
    remembered: str = one_of("no", "somebody-else", "missing")


@dataclass
class Internet:
    vantage: str = one_of("up", "down", "port-checker")  # the last speaks echoip's /port/N in its place
    second_vantage: str = one_of("none", "up", "ipv4", "ipv6")  # in another network; up: over both families
    vantage_families: list[str] = list_of("ipv4", "ipv6", one_of=("ipv4", "ipv6"))
    vantage_knocks_from: str = one_of("another", "same")  # address than the one that it listens on; with "same" it has one of each family
    vantage_stun: bool = False
    # "old": knows yesterday's addresses, "other": other ones under the same serial; "lame": not even the zone; "dead": says nothing at all
    second_nameserver: str = one_of("same", "old", "other", "lame", "dead")
    home_nameservers: str = one_of("up", "dead")  # the latter: the home's zones are with two others than the operator's, and those say nothing
    second_nameserver_program: str = one_of("nsd", "knot")  # with "same"
    nameservers_listed: str = one_of("both", "first")  # by the home's zones themselves; the zones above always name both
    # Zones are signed from the root down; but of the home's own ones the signatures have expired, the DS record in the parent is of another key,
    # or they are not signed. The last: all signatures, and the clocks of all resolvers, are of another time than the host's clock.
    # "ending": they are valid for some hours yet.
    dnssec: str = one_of("no", "yes", "expired", "wrong-ds", "unsigned-home", "another-time", "ending")
    denial: str = one_of("nsec", "nsec3")  # how signed zones prove what is not there
    resolvers_validate: bool = True  # the public ones, where zones are signed
    update_service: bool = False  # of dynamic DNS, at `updates4` and `updates6`, for the home's zones; with second_nameserver = "same"
    distance_ms: int = 0  # from the provider to everything else, there and back
    operator: str = ""  # the zone of the vantage point and of the name servers, where it matters: "dynv6.com"
    by_literal: bool = False  # ringback gets addresses instead of names for the vantage point and the STUN server


@dataclass
class Run:
    services: list[str] = list_of()
    names: list[str] = list_of()
    options: list[str] = list_of()
    user: str = "root"
    file_capabilities: str = ""  # such as "cap_net_raw+ep": of the program's file, in place of root


@dataclass
class ServiceExpectation:
    reachable: str | list[str] = ""
    stopped_at: str | list[str] = "none"
    cause: str | list[str] = ""  # "" stands for null
    confidence: str | list[str] = "?"  # "?": not looked at
    optional: bool = False  # the report may leave this service and family out


@dataclass
class NameExpectation:
    verdict: str | list[str] = "right"
    findings: list[FINDING] = list_of()
    allowed: list[FINDING] = list_of()
    updates: list[str] = list_of()  # stand in what is said of the program that keeps it up to date
    dnssec: str | list[str] = "?"  # what ringback's own validation gives, such as "secure fits"; "?": not looked at


@dataclass
class Expect:
    exit: int | list[int] = 0
    type: str | list[str] = ""
    confidence: str | list[str] = "?"  # of the connection; "?": not looked at
    because: list[str] = list_of()  # words, each of which stands in one of the connection's sentences
    ipv4: str | list[str] = ""
    ipv6: str | list[str] = ""
    mapped_address: str | list[str] = ""  # a word or literal; "" stands for null
    wan_address: str | list[str] = "?"  # "?": not looked at
    nat_layers: int | list[int] = -1  # -1: not looked at
    # Which address a name should lead to, why that one stays ("eui-64", "static", …), and which one outgoing connections use. "?": not looked at
    publish: str | list[str] = "?"
    publish_kind: str | list[str] = "?"
    outgoing: str | list[str] = "?"
    findings: list[FINDING] = list_of()
    allowed: list[FINDING] = list_of()
    absent: list[FINDING] = list_of()  # not even as information
    # By code, or code and family ("inbound.host-firewall ipv6"); each of the words of a list stands somewhere.
    says: dict[str, str | list[str]] = field(default_factory=dict)  # words of its detail, such as the rule that it quotes
    advises: dict[str, str | list[str]] = field(default_factory=dict)  # words of one of its remedies' steps or commands
    advises_not: dict[str, str | list[str]] = field(default_factory=dict)  # and such as stand in none of them
    # "443/tcp ipv4": reachable once the commands of the first remedies of its cause, and of the host's firewall, have been carried out on the
    # host; a code such as "address.temporary-preferred": gone once those of its last remedy have; "CODE: words": no error and no warning any
    # more once those of the remedy whose title has these words have
    remedied: list[str] = list_of()
    meanwhile: list[str] = list_of()  # commands on the host, between that and the second run: what the clock would have done, or has to do first
    # A JSON pointer below /evidence: what stands there. In place of a list's number "key=value,key=value" means each item that is so, and "#"
    # how many items there are. []: not looked at.
    evidence: dict[str, str | int | bool | list[str]] = field(default_factory=dict)
    shown: list[str] = list_of()  # commands of the shell on the host, which succeed in such a household (--prove)
    shown_remedied: list[str] = list_of()  # and such as do once what `remedied` names has been carried out
    services: dict[str, ServiceExpectation] = field(default_factory=dict)
    names: dict[str, NameExpectation] = field(default_factory=dict)


@dataclass
class Household:
    name: str = ""
    title: str = ""
    description: str = ""
    access: Access = field(default_factory=Access)
    routers: list[Router] = list_of()
    host: Host = field(default_factory=Host)
    neighbour: Neighbour = field(default_factory=Neighbour)
    names: dict[str, Name] = field(default_factory=dict)
    internet: Internet = field(default_factory=Internet)
    run: Run = field(default_factory=Run)
    expect: Expect = field(default_factory=Expect)


def known_names() -> list[str]:
    return sorted(path.stem for path in DIRECTORY.glob("*.toml"))


def load(name: str) -> Household:
    table = parse(name)
    if "like" in table:
        table = merge(model(name, table.pop("like")), table)
    household = read(Household, table, f"{name}.toml")
    household.name = name
    for key in ("title", "description"):
        if not getattr(household, key):
            raise HouseholdError(f"{name}.toml: {key} is missing")
    if len(household.routers) > 2:
        raise HouseholdError(f"{name}.toml: routers: more than two")
    for path in household.host.files:
        if ".." in path or not path.startswith(("/etc/", "/run/", "/var/spool/cron/crontabs/")):
            raise HouseholdError(f"{name}.toml: host: files: {path!r} is not below /etc, /run or /var/spool/cron/crontabs, which are private here")
    return household


def parse(name: str) -> dict:
    path = DIRECTORY / f"{name}.toml"
    if not path.is_file():
        raise HouseholdError(f"no household {name!r}; scripts/lab --list names them")
    try:
        return spelled_out(tomllib.loads(path.read_text()))
    except tomllib.TOMLDecodeError as error:
        raise HouseholdError(f"{path.name}: {error}") from None


def spelled_out(value):
    """Keys and items of lists that hold a range, "name{00..29}.example.org", become as many."""
    if isinstance(value, dict):
        return {key: spelled_out(item) for keys, item in value.items() for key in in_range(keys)}
    if isinstance(value, list):
        return [spelled_out(one) for item in value for one in (in_range(item) if isinstance(item, str) else [item])]
    return value


def in_range(text: str) -> list[str]:
    found = re.search(r"\{(\d+)\.\.(\d+)\}", text)
    if not found:
        return [text]
    first, last = found.groups()
    return [f"{text[:found.start()]}{number:0{len(first)}}{text[found.end():]}" for number in range(int(first), int(last) + 1)]


def model(name: str, other) -> dict:
    """What a household that is like another one starts from; one level, so that two files are all one has to read."""
    place = f"{name}.toml: like"
    if other not in known_names():
        raise HouseholdError(f"{place}: no household {other!r}; scripts/lab --list names them")
    table = parse(other)
    if "like" in table:
        raise HouseholdError(f"{place}: {other} is itself like {table['like']}")
    read(Household, table, f"{other}.toml")  # its mistakes are its own
    return {key: value for key, value in table.items() if key not in ("title", "description")}


def merge(under, over):
    if isinstance(under, dict) and isinstance(over, dict):
        return under | {key: merge(under[key], value) if key in under else value for key, value in over.items()}
    if are_tables(under) and are_tables(over):
        return [merge(*both) for both in zip(under, over)] + max(under, over, key=len)[min(len(under), len(over)):]
    return over


def are_tables(value) -> bool:
    return isinstance(value, list) and value != [] and all(isinstance(one, dict) for one in value)


def read(kind, value, place: str):
    """A TOML value as `kind`: a dataclass, or the plain and generic types that the fields above use."""
    if dataclasses.is_dataclass(kind):
        if not isinstance(value, dict):
            raise HouseholdError(f"{place}: expected a table, got {value!r}")
        return read_table(kind, value, place)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is list and isinstance(value, list):
        return [read(parts[0], item, f"{place}[{index}]") for index, item in enumerate(value)]
    if origin is dict and isinstance(value, dict):
        return {key: read(parts[1], item, f'{place}."{key}"') for key, item in value.items()}
    for part in parts if origin not in (list, dict, None) else (kind,):  # `str | list[str]`
        if typing.get_origin(part) is list and isinstance(value, list):
            return read(part, value, place)
        if isinstance(part, type) and type(value) is part:
            return value
    raise HouseholdError(f"{place}: {value!r} is not {getattr(kind, '__name__', kind)}")


def read_table(kind, table: dict, place: str):
    fields = {one.name: one for one in dataclasses.fields(kind)}
    types = typing.get_type_hints(kind)
    values = {}
    for key, value in table.items():
        if key not in fields:
            raise HouseholdError(f"{place}: {key}: unknown key; known here: {', '.join(fields)}")
        values[key] = read(types[key], value, f"{place}: {key}")
        choices = fields[key].metadata.get("one_of")
        for item in values[key] if isinstance(values[key], list) else [values[key]]:
            if choices and item not in choices:
                raise HouseholdError(f"{place}: {key}: {item!r} is none of {', '.join(choices)}")
    return kind(**values)
