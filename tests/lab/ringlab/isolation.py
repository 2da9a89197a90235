"""One household, one process tree: when its first process ends, by whatever signal, nothing of it remains.

The kernel does the cleaning: a PID namespace dies with its first process, network namespaces die with their last
process and mount, mounts die with their mount namespace. No clean-up code has to run.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from ringlab.errors import LabError
from ringlab.private import make_mounts_private

RUN = Path("/run/ringlab")  # private to one household, in memory
BIN = RUN / "bin"  # first in every shell's PATH
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """For preexec_fn: without it a SIGKILL of the lab would leave `unshare` and the household behind."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(arguments: list[str], **popen) -> subprocess.Popen:
    """Starts `python3 -m ringlab.inside ARGUMENTS` as the first process of its own namespaces."""
    command = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--propagation", "unchanged", "--net", "--mount-proc",
               sys.executable, "-m", "ringlab.inside", *arguments]
    # Everything a household writes goes to /run/ringlab or to where the user says, bytecode included.
    environment = dict(os.environ, PYTHONPATH=str(Path(__file__).parents[1]), PYTHONDONTWRITEBYTECODE="1")
    return subprocess.Popen(command, preexec_fn=die_with_parent, env=environment, **popen)


def mount(kind: str, target: str, source: str = "ringlab", options: str = "mode=0755") -> None:
    bind = ["--bind"] if kind == "bind" else ["-t", kind, "-o", options]
    done = subprocess.run(["mount", *bind, source, target], capture_output=True, text=True, timeout=10)
    if done.returncode != 0:
        raise LabError(f"mount {source} on {target}: {done.stderr.strip()}")


def enter(files: dict[str, str]) -> None:
    """Inside: hides the machine's /run, /etc/netns, /etc/resolv.conf, /etc/hosts and /etc/nsswitch.conf behind private ones. `files` are the
    household's own, by their paths; where one of them is to lie below /etc, all of that is private."""
    if os.getpid() != 1:
        raise LabError("ringlab.inside has to be the first process of a PID namespace; start it through scripts/lab")
    make_mounts_private()
    mount("tmpfs", "/run")
    for directory in (RUN, BIN, RUN / "home", RUN / "logs", Path("/run/netns")):
        directory.mkdir(parents=True)
    RUN.chmod(0o755)
    os.environ["PATH"] = f"{BIN}:{os.environ['PATH']}"
    if any(path.startswith("/etc/") for path in files):
        private_directory("/etc")  # before the others, which lie on it
    if Path("/etc/netns").is_dir():  # `ip netns exec` would mount what the machine's owner put there
        mount("tmpfs", "/etc/netns")
    private_file("/etc/hosts", "127.0.0.1 localhost\n::1 localhost ip6-localhost\n")
    private_file("/etc/resolv.conf", "")
    if Path("/etc/nsswitch.conf").exists():
        others = [line for line in Path("/etc/nsswitch.conf").read_text().splitlines(True) if not line.startswith("hosts:")]
        private_file("/etc/nsswitch.conf", "".join(others) + "hosts: files dns\n")
    # A household's firewall keeps its rules in its own, and so do its updaters and its network manager; the machine's own are no part of it.
    for directory in ("/etc/ufw", "/etc/default", "/etc/firewalld", "/etc/sysctl.d", "/etc/NetworkManager", "/var/lib/NetworkManager", "/var/lib/dhcpcd"):
        private_directory(directory)
    # What the machine does by the clock is not to be done here as well, and how its own network is configured is no part of any household.
    for directory in ("/etc/cron.d", "/var/spool/cron/crontabs", "/etc/systemd/system", "/etc/systemd/network", "/etc/network", "/etc/netplan"):
        if Path(directory).is_dir():
            mount("tmpfs", directory)
    for file in ("/etc/crontab", "/etc/ddclient.conf", "/etc/inadyn.conf"):
        if Path(file).exists():
            private_file(file, "")
    for path, text in files.items():
        if Path(path).is_symlink():
            Path(path).unlink()  # /etc/os-release leads to a file of the machine's
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def private_file(path: str, text: str) -> Path:
    """Replaces a file for this household alone and returns where its text can be written later."""
    own = RUN / Path(path).name
    own.write_text(text)
    target = Path(os.path.realpath(path))
    if not target.exists():  # resolv.conf is often a link into /run, which is ours by now
        if not target.is_relative_to("/run"):
            raise LabError(f"{path} does not exist on this machine, so nothing can be mounted over it")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mount("bind", str(target), source=str(own))
    return own


def private_directory(path: str) -> None:
    """A copy for this household alone, as the package left it."""
    if Path(path).is_dir():
        own = RUN / path.strip("/").replace("/", "-")
        shutil.copytree(path, own, symlinks=True)
        mount("bind", path, source=str(own))
