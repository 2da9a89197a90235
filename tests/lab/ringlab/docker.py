"""`python3 -m ringlab.docker [OPTION OF dockerd…]`: Debian's Docker on a household's host, and `docker` for its shell.

The daemon, its proxies and its rules are the real ones, and a household says what is published as its owner would: `docker run -d -p 443:80 web`.
The one image there is, "web", listens on port 80 (`web 'udp :: 51820'`: elsewhere). It is empty: a container is lent this machine's /usr and the
lab's listener, and it has no control group, which would outlive the household.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from ringlab.errors import LabError
from ringlab.isolation import BIN, RUN, mount
from ringlab.netns import run
from ringlab.servers import wait_until

UNPACKED = Path("/var/lib/ringlab")  # by scripts/need: installed, it would serve the whole machine
LAB = Path(__file__).parents[1]
HOME = RUN / "docker"
SOCKET, CONTAINERD_SOCKET = HOME / "docker.sock", HOME / "containerd.sock"
START_SECONDS = 45  # until dockerd answers, on a busy machine

CONTAINERD = f"""\
version = 2
root = "{HOME}/containerd"
state = "{HOME}/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.restart",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "{CONTAINERD_SOCKET}"
"""


def program(name: str) -> str:
    for package in ("docker.io", "containerd", "runc"):
        for directory in ("usr/sbin", "usr/bin"):
            if (found := UNPACKED / package / directory / name).exists():
                return str(found)
    raise LabError(f"{name} is not below {UNPACKED}; scripts/need lab unpacks it")


def script(name: str, text: str) -> Path:
    path = BIN / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def start(arguments: list[str], options: list[str]) -> None:
    """Both daemons outlive this command, and end with the household."""
    log = (RUN / "logs" / f"host-{Path(arguments[0]).name}.log").open("w")
    libraries = dict(os.environ, LD_LIBRARY_PATH=str(UNPACKED / "libdevmapper1.02.1/lib/x86_64-linux-gnu"))
    subprocess.Popen([*arguments, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=libraries, start_new_session=True)


def show_control_groups() -> None:
    """dockerd wants to see them; nobody here may make one."""
    mount("tmpfs", "/sys/fs/cgroup")
    for kind, options, where in (("cgroup", "devices", "/sys/fs/cgroup/devices"), ("cgroup2", "ro", "/sys/fs/cgroup")):
        Path(where).mkdir(exist_ok=True)
        try:
            mount(kind, where, options=options)
        except LabError:  # a machine that has the other version alone
            continue
        run(["mount", "-o", "remount,bind,ro", where])
        return
    raise LabError("neither version of control groups can be mounted, and dockerd wants one")


def image() -> bytes:
    """No file: directories to lend something into, and the links of a merged /usr."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name in ("usr", "lab", "tmp", "bin", "sbin", "lib", "lib64"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = (tarfile.DIRTYPE, 0o755) if name in ("usr", "lab", "tmp") else (tarfile.SYMTYPE, 0o777)
            entry.linkname = f"usr/{name}" if entry.issym() else ""
            archive.addfile(entry)
    return packed.getvalue()


def serve(options: list[str]) -> None:
    HOME.mkdir(exist_ok=True)
    show_control_groups()
    script("docker", f"exec {program('docker')} -H unix://{SOCKET} \"$@\"\n")
    script("modprobe", "exit 0\n")  # the machine's modules are no household's business
    runtime = script("container-runtime", f"PYTHONPATH={LAB} exec {sys.executable} -m ringlab.docker --runtime \"$@\"\n")
    (HOME / "containerd.toml").write_text(CONTAINERD)
    (HOME / "daemon.json").write_text(json.dumps({
        "data-root": f"{HOME}/data", "exec-root": f"{HOME}/exec", "pidfile": f"{HOME}/pid", "hosts": [f"unix://{SOCKET}"], "group": "root",
        "containerd": str(CONTAINERD_SOCKET), "storage-driver": "vfs", "deprecated-key-path": f"{HOME}/key.json",
        "userland-proxy-path": program("docker-proxy"), "runtimes": {"lab": {"path": str(runtime)}}, "default-runtime": "lab"}))
    os.environ["PATH"] = ":".join([str(BIN), *(str(Path(program(name)).parent) for name in ("containerd", "runc")), os.environ["PATH"]])
    start([program("containerd")], ["--config", f"{HOME}/containerd.toml"])
    start([program("dockerd")], ["--config-file", f"{HOME}/daemon.json", *options])
    wait_until(SOCKET.exists, "dockerd to open its socket")
    changes = ['ENTRYPOINT ["python3", "-m", "ringlab.listener"]', 'CMD ["tcp :: 80"]', "ENV PYTHONPATH=/lab PYTHONDONTWRITEBYTECODE=1"]
    argv = [str(BIN / "docker"), "import", *(word for change in changes for word in ("--change", change)), "-", "web"]
    done = subprocess.run(argv, input=image(), capture_output=True, timeout=START_SECONDS)
    if done.returncode != 0:
        raise LabError(f"docker import: {done.stderr.decode(errors='replace').strip()}; {(RUN / 'logs/host-dockerd.log').read_text()[-2000:]}")


def lend(bundle: Path) -> None:
    """What a container of this household gets in place of an image's files and of control groups."""
    config = json.loads((bundle / "config.json").read_text())
    for absent in ("cgroupsPath", "resources"):
        config["linux"].pop(absent, None)
    lent = [{"destination": where, "type": "bind", "source": source, "options": ["rbind", "ro"]}
            for where, source in (("/usr", "/usr"), ("/lab", str(LAB)))]
    config["mounts"] = [one for one in config["mounts"] if one["type"] != "cgroup"] + lent
    (bundle / "config.json").write_text(json.dumps(config))


def is_listening(process_id: int) -> bool:
    tables = [Path(f"/proc/{process_id}/net/{name}") for name in ("tcp", "tcp6", "udp", "udp6")]
    return any(len(table.read_text().splitlines()) > 1 for table in tables)


def runtime(words: list[str]) -> int:
    """Debian's runc, as dockerd calls it. A container counts as started when it listens, so that no knock comes too early."""
    runc = [program("runc"), "--rootless=true"]  # does without control groups
    if "create" in words:
        lend(Path(words[words.index("--bundle") + 1]))
    status = subprocess.run([*runc, *words]).returncode
    if status == 0 and "start" in words:
        at = words.index("start")
        state = json.loads(run([*runc, *words[:at], "state", words[-1]]))
        wait_until(lambda: is_listening(state["pid"]), "the container to listen")
    return status


if __name__ == "__main__":
    try:
        sys.exit(runtime(sys.argv[2:]) if sys.argv[1:2] == ["--runtime"] else serve(sys.argv[1:]))
    except LabError as error:
        sys.exit(f"lab: {error}")
