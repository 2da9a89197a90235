"""ifupdown and netplan on a household's host, from where scripts/need unpacked them: installed, they would configure this machine."""

import os
from pathlib import Path

from ringlab.isolation import BIN, mount
from ringlab.netns import run

UNPACKED = Path("/var/lib/ringlab")
LIBRARIES = "usr/lib/x86_64-linux-gnu"
MODULES = ":".join(str(UNPACKED / f"python3-{one}/usr/lib/python3/dist-packages") for one in ("netifaces", "yaml", "rich"))


def install(files: dict[str, str]) -> None:
    """What the household's own files are for."""
    if any(path.startswith("/etc/network/") for path in files):
        install_ifupdown()
    if any(path.startswith("/etc/netplan/") for path in files):
        install_netplan(files)


def install_ifupdown() -> None:
    for name in ("ifup", "ifdown", "ifquery"):
        (BIN / name).symlink_to(UNPACKED / "ifupdown/sbin" / name)
    for folder in ("if-pre-up.d", "if-up.d", "if-down.d", "if-post-down.d", "interfaces.d"):
        Path("/etc/network", folder).mkdir(exist_ok=True)
    Path("/run/network").mkdir()


def install_netplan(files: dict[str, str]) -> None:
    """Its program finds the library by the dynamic linker's cache, which is private where a file of the household lies below /etc."""
    Path("/etc/ld.so.conf.d/netplan.conf").write_text("".join(f"{UNPACKED / package / LIBRARIES}\n" for package in ("libnetplan0", "libyaml-0-2")))
    if Path("/var/cache/ldconfig").is_dir():
        mount("tmpfs", "/var/cache/ldconfig")
    run(["ldconfig", "-X"])
    program = BIN / "netplan"
    program.write_text(f"#!/bin/sh\nPYTHONPATH={MODULES} NETPLAN_GENERATE_PATH={UNPACKED}/netplan.io/usr/libexec/netplan/generate "
                       f'exec /usr/bin/python3 {UNPACKED}/netplan.io/usr/share/netplan/netplan.script "$@"\n')
    program.chmod(0o755)
    for path in files:
        if path.startswith("/etc/netplan/"):
            os.chmod(path, 0o600)
