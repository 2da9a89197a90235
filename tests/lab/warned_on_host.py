"""On a household's host where something is worth a warning and nothing is broken: how `ringback check` says it. See test_check.sh."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from check_on_host import LINE, OPTIONS, ringback


def main() -> None:
    with tempfile.TemporaryDirectory() as state:
        done = ringback("check", *OPTIONS, "--state", state)
    assert (done.returncode, done.stderr) == (1, ""), (done.returncode, done.stdout, done.stderr)
    assert LINE.match(done.stdout) and done.stdout.startswith("WARNING - "), done.stdout
    assert " errors=0;;0;0; " in done.stdout and " warnings=0;" not in done.stdout, done.stdout
    print("ok     a warning is WARNING, and exit status 1")


if __name__ == "__main__":
    main()
