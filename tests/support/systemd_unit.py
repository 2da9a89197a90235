"""What a systemd unit leaves to its program. systemd itself is not there to be asked in a container."""
import re
import subprocess


def named(sets: str) -> set[str]:
    """The system calls of "@system-service" and its like, as this machine's systemd has them."""
    result = set()
    for name in sets.split():
        if not name.startswith("@"):
            result.add(name)
            continue
        lines = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], check=True, capture_output=True, text=True).stdout
        inner = [line.strip() for line in lines.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
        result |= named(" ".join(inner))
    return result


def allowed(unit: str) -> set[str]:
    """The system calls of SystemCallFilter= in the text of a unit."""
    result = named("@default")
    for value in re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE):
        result = result - named(value[1:]) if value.startswith("~") else result | named(value)
    return result


def made(calls: str) -> set[str]:
    """The system calls in what `strace --follow-forks --output=` wrote."""
    return set(re.findall(r"^\d+ +(\w+)\(", calls, re.MULTILINE))


def require_tight(unit: str, most_exposure: int) -> None:
    """What systemd-analyze calls the overall exposure level of the unit's file, in tenths, is no more than that."""
    analysis = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={most_exposure}", unit], capture_output=True, text=True)
    print(analysis.stdout.strip().splitlines()[-1])
    assert analysis.returncode == 0, analysis.stdout + analysis.stderr
