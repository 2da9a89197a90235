"""Where a household's programs look names up: the sources of nsswitch.conf(5), systemd-resolved, and multicast DNS (RFC 6762) with avahi."""

import re
from pathlib import Path

from ringlab.errors import LabError
from ringlab.household import Household
from ringlab.isolation import RUN, mount, private_file
from ringlab.netns import run
from ringlab.servers import Listening, Server, wait_until

UNPACKED = Path("/var/lib/ringlab")  # by scripts/need: installed, they would serve the whole machine
LIBRARIES = RUN / "lib"
PACKAGES = ("avahi-daemon", "libavahi-core7", "libavahi-common3", "libdaemon0", "libnss-mdns", "libnss-resolve")
MDNS_PORT = 5353
SWITCH = RUN / "nsswitch.conf"

USERS = {"systemd-resolve": 996, "avahi": 995}

# Its list of resolvers, before resolv.conf names its stub instead of them.
RESOLVED = """
mkdir -p /run/systemd/resolve /run/systemd/resolved.conf.d
chown systemd-resolve: /run/systemd/resolve
printf '[Resolve]\\nDNS=%s\\nFallbackDNS=\\nLLMNR=no\\nMulticastDNS=no\\n' "$(sed -n 's/nameserver //p' /etc/resolv.conf | tr '\\n' ' ')" \
  >/run/systemd/resolved.conf.d/lab.conf
setsid UNPACKED/systemd-resolved/lib/systemd/systemd-resolved >/dev/null 2>&1 &
until ss -lun | grep -q 127.0.0.53; do sleep 0.05; done
printf 'nameserver 127.0.0.53\\noptions edns0 trust-ad\\n' >/etc/resolv.conf
"""


def prepare(household: Household) -> None:
    """Before any program of the household begins."""
    if household.host.name_sources:
        SWITCH.write_text(re.sub(r"^hosts:.*$", "hosts: " + household.host.name_sources, SWITCH.read_text(), flags=re.MULTILINE))
    if uses_multicast(household) or "resolve" in household.host.name_sources.split():
        add_libraries(household.host.multicast_zones)
    if uses_multicast(household) or household.host.resolver == "systemd-resolved":
        add_users()


def add_users() -> None:
    """As their packages would; without them they do not start."""
    passwd, group = Path("/etc/passwd").read_text(), Path("/etc/group").read_text()
    for user, number in USERS.items():
        passwd += f"{user}:x:{number}:{number}::/:/usr/sbin/nologin\n" if f"{user}:" not in passwd else ""
        group += f"{user}:x:{number}:\n" if f"{user}:" not in group else ""
    private_file("/etc/passwd", passwd)
    private_file("/etc/group", group)


def uses_multicast(household: Household) -> bool:
    return "mdns" in household.host.name_sources or bool(household.host.multicast_name or household.neighbour.multicast_name)


def add_libraries(zones: list[str]) -> None:
    """Into the dynamic linker's cache. libnss-mdns looks for its list of zones where a file can be put: there is none in the machine's /etc."""
    LIBRARIES.mkdir()
    missing = [package for package in PACKAGES if not (UNPACKED / package).is_dir()]
    if missing:
        raise LabError(f"{', '.join(missing)} not below {UNPACKED}: run scripts/need lab")
    for package in PACKAGES:
        for library in (UNPACKED / package).rglob("*.so.?"):
            (LIBRARIES / library.name).write_bytes(library.read_bytes().replace(b"/etc/mdns.allow", b"/run/mdns.allow"))
    Path("/run/mdns.allow").write_text("".join(f"{zone}\n" for zone in zones or [".local"]))
    (RUN / "ld.so.conf").write_text(f"include /etc/ld.so.conf\n{LIBRARIES}\n")
    if Path("/var/cache/ldconfig").is_dir():
        mount("tmpfs", "/var/cache/ldconfig")
    run(["ldconfig", "-X", "-f", str(RUN / "ld.so.conf"), "-C", str(RUN / "new-cache")])
    private_file("/etc/ld.so.cache", "").write_bytes((RUN / "new-cache").read_bytes())


def avahi(where: str, name: str) -> Server:
    """Answers the LAN for one name, and asks it for the programs beside it. Each has a socket in /run of its own, except the host's."""
    host, _, zone = name.partition(".")
    config = RUN / f"avahi.{where}.conf"
    named = f"host-name={host}\ndomain-name={zone}\n" if name else ""
    config.write_text(f"[server]\n{named}enable-dbus=no\nallow-interfaces=eth0\n[wide-area]\nenable-wide-area=no\n"
                      f"[publish]\ndisable-publishing={'no' if name else 'yes'}\npublish-workstation=no\npublish-hinfo=no\n")
    own = "" if where == "host" else "mount -t tmpfs ringlab /run/avahi-daemon && "
    Path("/run/avahi-daemon").mkdir(exist_ok=True)
    argv = ["unshare", "--mount", "sh", "-c", own + 'exec "$@"', "sh", str(UNPACKED / "avahi-daemon/usr/sbin/avahi-daemon"), "-f", str(config),
            "--no-drop-root", "--no-chroot", "--no-rlimits", "--no-proc-title"]
    return Server("avahi-daemon", where, argv, [Listening("udp", "0.0.0.0", MDNS_PORT)])


def serve(household: Household) -> list[Server]:
    """What runs for it; started when the host has its addresses."""
    names = {"neighbour": household.neighbour.multicast_name, "host": household.host.multicast_name}
    return [avahi(where, name) for where, name in names.items() if name or (where == "host" and uses_multicast(household))]


def wait_for_multicast(household: Household, words: dict[str, str]) -> None:
    """A name is announced only when nobody objected to it for most of a second (RFC 6762 §8.1)."""
    if household.neighbour.multicast_name:
        ask = ["dig", "+short", "+time=1", "+tries=1", "-p", str(MDNS_PORT), "@" + words["neighbour4"], household.neighbour.multicast_name, "A"]
        wait_for(household.neighbour.multicast_name, ask)
    if household.host.multicast_name:
        wait_for(household.host.multicast_name, ["getent", "-s", "hosts:mdns4_minimal", "ahosts", household.host.multicast_name])


def wait_for(name: str, ask: list[str]) -> None:
    wait_until(lambda: run(["sh", "-c", '"$@" | grep "^[0-9]" || true', "sh", *ask], "host"), f"{name} to be announced by multicast DNS")
