"""`python3 -m ringlab.units COMMAND UNIT…`: systemctl(1) on a household's host. No systemd runs there: a container of it would leave control
groups behind. What units say is started and ended as systemd does it, and /run/systemd/units names those that are active.

Of a unit's file it knows ExecStart=, Environment=, EnvironmentFile=, Type=, User= and conditions about files; of a timer, that it calls its
service at once and later on again. systemd numbers each start in INVOCATION_ID, and by that a unit's processes are known here as well.
"""

import fnmatch
import os
import pwd
import shlex
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

from ringlab.isolation import BIN, RUN

FOLDERS = [Path(one) for one in ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")]
ACTIVE = Path("/run/systemd/units")
NOT_ACTIVE, NO_SUCH_UNIT = 3, 5  # exit statuses of systemctl(1)
PATIENCE_SECONDS = 10


def install() -> None:
    """For the shells of this household."""
    program = BIN / "systemctl"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={Path(__file__).parents[1]} PYTHONDONTWRITEBYTECODE=1 exec {sys.executable} -m ringlab.units "$@"\n')
    program.chmod(0o755)


def file_of(unit: str) -> tuple[Path | None, str]:
    """And what "%i" stands for in it."""
    name, _, kind = unit.rpartition(".")
    template, at, instance = name.partition("@")
    wanted = f"{template}@.{kind}" if at else unit
    return next((folder / wanted for folder in FOLDERS if (folder / wanted).is_file()), None), instance


def settings_of(unit: str) -> dict[str, list[str]] | None:
    file, instance = file_of(unit)
    if file is None:
        return None
    texts = [file.read_text()] + [one.read_text() for folder in reversed(FOLDERS) for one in sorted((folder / f"{file.name}.d").glob("*.conf"))]
    settings: dict[str, list[str]] = {}
    for line in "\n".join(texts).replace("\\\n", " ").splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith(("#", ";")):
            settings[key] = settings.get(key, []) + [value.strip().replace("%i", instance)] if value.strip() else []
    return settings


def environment_of(settings: dict[str, list[str]]) -> dict[str, str]:
    found = [word for line in settings.get("Environment", []) for word in shlex.split(line)]
    for file in settings.get("EnvironmentFile", []):
        path = Path(file.removeprefix("-"))
        found += [word for line in path.read_text().splitlines() for word in shlex.split(line, comments=True)] if path.exists() else []
    return dict(word.split("=", 1) for word in found if "=" in word)


def command_of(line: str, variables: dict[str, str]) -> list[str]:
    """"$NAME" as a word of its own stands for several words, "${NAME}" for one (systemd.service(5))."""
    words = []
    for word in shlex.split(line.lstrip("-@+!:")):
        if word.startswith("$") and not word.startswith("${"):
            words += variables.get(word[1:], "").split()
        else:
            for name, value in variables.items():
                word = word.replace("${" + name + "}", value)
            words.append(word)
    return words


def holds_back(settings: dict[str, list[str]]) -> bool:
    return any(not os.access(path, os.X_OK) for path in settings.get("ConditionFileIsExecutable", [])) or \
        any(not Path(path).exists() for path in settings.get("ConditionPathExists", []) if not path.startswith("!"))


def link_of(unit: str) -> Path:
    return ACTIVE / f"invocation:{unit}"


def start(unit: str) -> int:
    settings = settings_of(unit)
    if settings is None:
        print(f"Failed to start {unit}: Unit {unit} not found.", file=sys.stderr)
        return NO_SUCH_UNIT
    if link_of(unit).is_symlink() or holds_back(settings):
        return 0
    invocation = uuid.uuid4().hex
    ACTIVE.mkdir(parents=True, exist_ok=True)
    link_of(unit).symlink_to(invocation)
    if unit.endswith(".timer"):
        return start(settings.get("Unit", [unit.removesuffix(".timer") + ".service"])[-1])
    variables = environment_of(settings)
    user = settings.get("User", ["root"])[-1] if "AmbientCapabilities" not in settings else "root"
    become = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}", "--init-groups"]
    ends = settings.get("Type", ["simple"])[-1] in ("oneshot", "forking")
    with (RUN / "logs" / f"host-{unit}.log").open("a") as log:
        for line in settings.get("ExecStart", []):
            process = subprocess.Popen(become + command_of(line, variables), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                       env=dict(os.environ, **variables, INVOCATION_ID=invocation))
            if ends and process.wait(PATIENCE_SECONDS) != 0:
                print(f"Job for {unit} failed because the control process exited with error code.", file=sys.stderr)
                return stop(unit) or 1
    for name in settings.get("BusName", []):
        wait_for_bus_name(name)
    if settings.get("Type") == ["oneshot"] and "RemainAfterExit" not in settings:
        link_of(unit).unlink()
    return 0


def wait_for_bus_name(name: str) -> None:
    """Only then is a service of Type=dbus started."""
    question = ["dbus-send", "--system", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner", f"string:{name}"]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while "true" not in subprocess.run(question, capture_output=True, text=True).stdout and time.monotonic() < deadline:
        time.sleep(0.05)


def processes_of(invocation: str) -> list[int]:
    """A program may write into its environment; it is looked for as it was at its start."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and f"INVOCATION_ID={invocation}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def stop(unit: str) -> int:
    for link in [one for one in ACTIVE.glob("invocation:*") if fnmatch.fnmatchcase(one.name.removeprefix("invocation:"), unit)]:
        deadline, number = time.monotonic() + PATIENCE_SECONDS, signal.SIGTERM
        while left := processes_of(os.readlink(link)):
            for process in left:
                os.kill(process, number)
            time.sleep(0.05)
            number = signal.SIGKILL if time.monotonic() > deadline else signal.SIGTERM
        link.unlink()
    return 0


def enable(unit: str, now: bool) -> int:
    wants = FOLDERS[0] / ("timers.target.wants" if unit.endswith(".timer") else "multi-user.target.wants")
    wants.mkdir(parents=True, exist_ok=True)
    file, _ = file_of(unit)
    if file is None:
        print(f"Failed to enable unit: Unit file {unit} does not exist.", file=sys.stderr)
        return 1
    if not (wants / unit).is_symlink():
        (wants / unit).symlink_to(file)
    return start(unit) if now else 0


def main() -> int:
    words = [one for one in sys.argv[1:] if not one.startswith("-")]
    command, units = words[0], [one if "." in one else one + ".service" for one in words[1:]]
    if command in ("daemon-reload", "reset-failed"):
        return 0
    if command == "is-active":
        return 0 if any(fnmatch.filter([one.name.removeprefix("invocation:") for one in ACTIVE.glob("invocation:*")], one) for one in units) else NOT_ACTIVE
    if command == "status":
        print("\n".join(f"{one}: {'active' if link_of(one).is_symlink() else 'inactive'}" for one in units))
        return 0 if all(link_of(one).is_symlink() for one in units) else NOT_ACTIVE
    if command == "is-enabled":
        return 0 if any((wants / one).is_symlink() for one in units for wants in FOLDERS[0].glob("*.wants")) else 1
    do = {"start": [start], "stop": [stop], "restart": [stop, start], "enable": [lambda unit: enable(unit, "--now" in sys.argv)]}.get(command)
    if do is None:
        print(f"systemctl of the lab: {command} is unknown here", file=sys.stderr)
        return 1
    return max((each(unit) for unit in units for each in do), default=0)


if __name__ == "__main__":
    sys.exit(main())
