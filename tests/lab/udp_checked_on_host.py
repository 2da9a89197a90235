"""On a household's host with a silent UDP service that can be reached: `ringback check` by a user without rights, and by a copy of the program with file
capabilities, as README has it for a monitoring daemon. See test_check.sh."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from check_on_host import ENVIRONMENT, OPTIONS, PROGRAM, SECONDS

DAEMON = ("setpriv", "--reuid=61113", "--regid=61113", "--clear-groups")


def checked(program: str, folder: pathlib.Path) -> subprocess.CompletedProcess:
    return subprocess.run([*DAEMON, program, "check", *OPTIONS, "--state", str(folder / "state")], capture_output=True, text=True, timeout=SECONDS, check=False,
                          env=ENVIRONMENT)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o777)
        done = checked(PROGRAM, folder)
        assert done.returncode == 3 and done.stdout.startswith("UNKNOWN - "), done
        copy = folder / "ringback-icinga"
        shutil.copy(PROGRAM, copy)
        shutil.chown(copy, group=61113)
        copy.chmod(0o750)
        subprocess.run(["setcap", "cap_net_raw,cap_net_admin+ep", str(copy)], check=True)
        done = checked(str(copy), folder)
        assert done.returncode == 0 and done.stdout.startswith("OK - "), done
        assert "Beside the check" not in done.stdout, done.stdout
    print("ok     a silent UDP service is UNKNOWN without rights, and OK with those of the file")


if __name__ == "__main__":
    main()
