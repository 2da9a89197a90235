"""The command line of scripts/lab."""

import argparse
import os
import sys
from pathlib import Path

from ringlab import isolation, suite
from ringlab.errors import LabError
from ringlab.household import known_names, load

PROJECT = Path(__file__).parents[3]
WRONG_USAGE, NO_PERMISSION, LAB_FAILED, INTERRUPTED = 64, 69, 70, 130

USAGE = """\
scripts/lab --list
       scripts/lab HOUSEHOLD [-- OPTIONS]          show a diagnosis; OPTIONS go to ringback
       scripts/lab HOUSEHOLD --shell               a shell on the household's host
       scripts/lab HOUSEHOLD --exec COMMAND…       a command on the household's host
       scripts/lab HOUSEHOLD --exec-in NAMESPACE COMMAND…
       scripts/lab --test [HOUSEHOLD…] [--record DIR] [--jobs N] [-- OPTIONS]
       scripts/lab --prove [HOUSEHOLD…]            hold the households themselves against their descriptions"""


class Parser(argparse.ArgumentParser):
    """Wrong usage ends with 64 as ringback's does; argparse's 2 would mean that a diagnosis found an error."""

    def error(self, message: str):
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"{self.prog}: {message}\n")


def parse(argv: list[str]) -> argparse.Namespace:
    argv, after = (argv[:argv.index("--")], argv[argv.index("--") + 1:]) if "--" in argv else (argv, [])
    command: list[str] | None = None
    where = "host"
    for word in ("--exec", "--exec-in", "--shell"):  # what follows is the command's own, options included
        if word in argv:
            at = argv.index(word)
            argv, command = argv[:at], argv[at + 1:] + (["--", *after] if after else [])
            if word == "--shell":
                argv, command = argv + command, [os.environ.get("SHELL", "/bin/bash")]
            if word == "--exec-in" and command:
                where, *command = command
            break
    parser = Parser(prog="scripts/lab", usage=USAGE, allow_abbrev=False)
    parser.add_argument("households", nargs="*", metavar="HOUSEHOLD")
    parser.add_argument("--list", action="store_true", help="names the households")
    parser.add_argument("--test", action="store_true", help="holds reports against the schema and the expectations")
    parser.add_argument("--prove", action="store_true", help="knocks by hand: are the households what they say?")
    parser.add_argument("--bin", type=Path, help="where ringback and ringback-vantage are "
                        "(default build/release/bin, else build/dev/bin)")
    parser.add_argument("--schema", type=Path,
                        default=os.environ.get("RINGBACK_SCHEMA") or PROJECT / "report/schema.json",
                        help="JSON Schema of the report (default $RINGBACK_SCHEMA, else report/schema.json)")
    parser.add_argument("--record", type=Path, metavar="DIR", help="with --test: keeps the reports as DIR/HOUSEHOLD.json")
    parser.add_argument("--jobs", type=int, default=3, metavar="N", help="this many households at a time (default 3)")
    parser.add_argument("-v", "--verbose", action="store_true", help="say how long the household took to come up")
    options = parser.parse_args(argv)
    options.command, options.where, options.after = command, where, after
    if command is not None and not command:
        parser.error("a command is missing")
    if options.list or options.test or options.prove:
        if command is not None:
            parser.error("--list, --test and --prove take no command")
    elif len(options.households) != 1:
        parser.error("name one household; --list names them all")
    return options


def programs(options: argparse.Namespace) -> Path | None:
    """The directory of the programs under test. A command of the user's own does not need it."""
    candidates = [options.bin] if options.bin else [PROJECT / "build/release/bin", PROJECT / "build/dev/bin"]
    for directory in candidates:
        if all((directory / name).is_file() for name in ("ringback", "ringback-vantage")):
            return directory.resolve()
    if options.command is None:
        raise LabError(f"no ringback and ringback-vantage in {' or '.join(map(str, candidates))}; build them first")
    print("lab: ringback-vantage is not built, so nobody knocks in this household", file=sys.stderr)
    return None


def show(options: argparse.Namespace) -> int:
    """Runs one household in the foreground; whatever ends the lab ends the household, too (isolation.py)."""
    load(options.households[0])  # a mistake in the description is said before anything is built
    directory = programs(options)
    words = [options.households[0]] + (["--verbose"] if options.verbose else [])
    words += ["--bin", str(directory)] if directory else []
    words += ["--in", options.where, "--", *options.command] if options.command else ["--", *options.after]
    household = isolation.start(words)
    try:
        status = household.wait()
    except KeyboardInterrupt:
        household.kill()  # the household's processes and namespaces follow it
        raise
    return status if status >= 0 else 128 - status


def main(argv: list[str]) -> int:
    options = parse(argv)
    try:
        if options.list:
            for name in known_names():
                print(f"{name:28} {load(name).title}")
            return 0
        if os.geteuid() != 0:
            print("lab: households are made of network namespaces, which only root may build; run it as root (sudo)",
                  file=sys.stderr)
            return NO_PERMISSION
        if options.prove:
            return suite.prove(options)
        return suite.test(options, programs(options)) if options.test else show(options)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return LAB_FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
