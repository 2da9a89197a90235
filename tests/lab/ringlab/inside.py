"""The first process of a household: builds it, runs one command in it, and takes everything with it when it ends."""

import argparse
import json
import os
import pwd
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from ringlab import dns, editor, host, household as households, isolation
from ringlab.errors import LabError
from ringlab.proof import not_shown, prove
from ringlab.topology import Built, build

RINGBACK_SECONDS = 60  # its own deadline is 10 s; only a program that hangs comes near this


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ringlab.inside")
    parser.add_argument("household")
    parser.add_argument("--bin", type=Path)
    parser.add_argument("--record", action="store_true", help="print what happened as JSON instead of the output")
    parser.add_argument("--prove", action="store_true", help="hold the household itself against its description")
    parser.add_argument("--in", dest="where", default="", help="run the command in this namespace instead of ringback")
    parser.add_argument("-v", "--verbose", action="store_true")
    split = sys.argv.index("--")
    options = parser.parse_args(sys.argv[1:split])
    options.command = sys.argv[split + 1:]
    return options


def ringback(built: Built, program: Path, more: list[str]) -> list[str]:
    """The command line as a user would write it who has a vantage point of his own."""
    plan, description = built.plan, built.household
    argv = [str(with_capabilities(program, description.run.file_capabilities)), "run"]
    for url in dns.vantage_url(plan, description.internet):
        argv += ["--vantage", url]
    first_stun = plan.stun[:2] if description.internet.by_literal else [f"stun.{plan.operator_zone}"]
    second_stun = [f"[{one}]:3479" if ":" in one else f"{one}:3479" for one in plan.vantage
                   ] if description.internet.vantage_stun else plan.stun[2:]
    for server in first_stun + second_stun:
        argv += ["--stun", server]
    for resolver in plan.resolvers[:2]:
        argv += ["--public-resolver", resolver]
    for service in description.run.services:
        argv += ["-s", service]
    for name in description.run.names:
        argv += ["-n", name]
    argv += description.run.options + more
    user = description.run.user
    return argv if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={pwd.getpwnam(user).pw_gid}",
                                        "--clear-groups", *argv]


def with_capabilities(program: Path, capabilities: str) -> Path:
    """A copy of the program whose file has them, as a package would install it."""
    if not capabilities:
        return program
    own = isolation.RUN / "program"
    if not own.exists():
        shutil.copy(program, own)
        own.chmod(0o755)
        subprocess.run(["setcap", capabilities, str(own)], check=True)
    return own


def in_namespace(where: str, argv: list[str], **more) -> subprocess.CompletedProcess:
    home = isolation.RUN / "home"
    home.chmod(0o777)  # ringback may run as another user in here, and remembers its last states
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "PYTHON"))}
    environment["HOME"] = str(home)
    return subprocess.run(["ip", "netns", "exec", where, *argv], env=environment, **more)


def measure(built: Built, program: Path, more: list[str]) -> dict:
    argv = ringback(built, program, ["-f", "json", *more])
    begun = time.monotonic()
    try:
        done = in_namespace("host", argv, capture_output=True, text=True, errors="replace",
                            timeout=RINGBACK_SECONDS, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise LabError(f"ringback had not ended after {RINGBACK_SECONDS} s: {' '.join(argv)}") from None
    for server in built.servers:
        server.require_alive()  # a vantage point that crashed has to be seen, whatever the report says
    return {"argv": argv, "exit": done.returncode, "stdout": done.stdout, "stderr": done.stderr,
            "seconds": time.monotonic() - begun, "words": built.plan.words}


def chosen_remedies(report: dict, remedied: list[str]) -> list[dict]:
    """What a reader would do: of each finding that the host's own firewall keeps visitors out, and of what keeps them from a service that is
    named, the first remedy; of one that is named by its code, the last, or the one whose title has the words behind it."""
    causes = {one["cause"] for one in report["services"] if f"{one['service']} {one['family']}" in remedied} | {"inbound.host-firewall"}
    chosen = [one["remedies"][:1] for one in report["findings"] if one["code"] in causes]
    for code, _, words in (one.partition(": ") for one in remedied):
        chosen += [[remedy for remedy in one["remedies"] if words in remedy["title"]][-1:] for one in report["findings"] if one["code"] == code]
    remedies = [remedy for few in chosen for remedy in few]
    lists = [remedy["commands"] for remedy in remedies]
    return [remedy for number, remedy in enumerate(remedies) if lists[number] not in lists[:number]]  # what stands twice is done once


# Root needs no sudo, and files are edited by somebody who does as the steps say.
# A household has no package that keeps iptables' rules: they are all there is, and gone with it.
SUDO = f"""sudo() {{ case "$1" in netfilter-persistent) test "$2" = save ;; *) "$@" ;; esac; }}
export VISUAL="env PYTHONPATH={Path(__file__).parents[1]} {sys.executable} -m ringlab.editor"
sudoedit() {{ $VISUAL "$1"; }}"""


def remedy(built: Built, program: Path, first: dict) -> dict:
    """The advice is taken, as root on the host, by somebody who presses Enter when asked; then ringback is asked again."""
    chosen = chosen_remedies(json.loads(first["stdout"]), built.household.expect.remedied)
    commands = [command for one in chosen for command in one["commands"]]
    editor.ADVICE.write_text(json.dumps({"steps": [step for one in chosen for step in one["steps"]], "names": built.household.run.names}))
    script = isolation.RUN / "advice.sh"
    measuring = f'ringback() {{ {program} "$@" >/dev/null || true; }}'  # its status tells what it found
    script.write_text("\n".join([SUDO, measuring, *commands]) + "\n")
    done = in_namespace("host", ["sh", "-c", f"while sleep 0.3; do echo; done | sh -e {script}"], capture_output=True, text=True, errors="replace",
                        timeout=RINGBACK_SECONDS)
    said = "" if done.returncode == 0 else f"status {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"
    if not said:
        host.obey(built.household.expect.meanwhile, built.plan.words)
    again = measure(built, program, [])["stdout"]
    return {"commands": commands, "trouble": said, "again": again, "not_shown": not_shown(built, built.household.expect.shown_remedied)}


def print_stages(built: Built) -> None:
    times = built.stages
    parts = [f"{later[0]} {1000 * (later[1] - earlier[1]):.0f}" for earlier, later in zip(times, times[1:])]
    print(f"{built.household.name}: up in {1000 * built.seconds_up():.0f} ms ({', '.join(parts)})",
          file=sys.stderr)
    for server in built.servers:
        print(f"  {server.where + ' ' + server.name:25} ready {1000 * (server.ready - times[0][1]):.0f} ms, "
              f"{1000 * (server.ready - server.started):.0f} after its start", file=sys.stderr)
    for word, address in built.plan.words.items():
        print(f"  {word:15} {address}", file=sys.stderr)


def main() -> int:
    options = arguments()
    description = households.load(options.household)
    isolation.enter(description.host.files)
    vantage = options.bin / "ringback-vantage" if options.bin else None
    built = build(description, vantage if vantage and vantage.exists() else None)
    if options.verbose:
        print_stages(built)
    if options.prove:
        json.dump({"up_seconds": built.seconds_up(), "differences": prove(built)}, sys.stdout)
        return 0
    if options.where:
        if options.where not in built.network.namespaces:
            raise LabError(f"no namespace {options.where!r}; there are {', '.join(built.network.namespaces)}")
        if options.bin:  # for scripts that measure: the line that would show this household's diagnosis
            os.environ["RINGBACK_RUN"] = shlex.join(ringback(built, options.bin / "ringback", []))
        return in_namespace(options.where, options.command).returncode
    if options.record:
        result = measure(built, options.bin / "ringback", options.command)
        result["up_seconds"] = built.seconds_up()
        if description.expect.remedied and result["stdout"].startswith("{"):
            result["remedy"] = remedy(built, options.bin / "ringback", result)
        json.dump(result, sys.stdout)
        return 0
    return in_namespace("host", ringback(built, options.bin / "ringback", options.command)).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        sys.exit(70)
    except KeyboardInterrupt:
        sys.exit(130)
