"""`python3 -m ringlab.editor FILE`: a person in front of an editor, who does what the advice says of that file, word by word, and nothing else.

inside.py leaves the advice that is carried out in ADVICE, and puts this in the place of sudoedit(8) and of crontab(1)'s editor. A sentence
whose form is not known here would leave that person at a loss as well: then the command fails, and with it the household.
"""

import json
import re
import sys
import time
from pathlib import Path

from ringlab.isolation import RUN

ADVICE = RUN / "advice.json"  # {"steps": […], "names": […]}


class AtALoss(Exception):
    """What is to be done cannot be done to this file."""


def in_place_of(lines: list[str], at: re.Match, names: list[str]) -> None:
    """The words that are named, where the line has them as they are quoted; otherwise the line ("iface = eth0" for "iface=eth0")."""
    number, old = int(at["line"]) - 1, at["old"] or ""
    if not line_at(lines, number).strip().startswith(at["mark"] or ""):
        raise AtALoss(f"line {number + 1} does not begin with {at['mark']}: {lines[number]}")
    if old.replace(" ", "") not in line_at(lines, number).replace(" ", ""):
        raise AtALoss(f"line {number + 1} does not say {old}: {lines[number]}")
    lines[number] = lines[number].replace(old, at["new"]) if old and old in lines[number] else at["new"]


def in_url(lines: list[str], at: re.Match, names: list[str]) -> None:
    number = int(at["line"]) - 1
    if at["old"] not in line_at(lines, number):
        raise AtALoss(f"line {number + 1} does not say {at['old']}: {lines[number]}")
    quoted = lines[number] if '"' in lines[number] else lines[number].replace("'", '"')  # as the next sentence wants it
    lines[number] = quoted.replace(at["old"], at["new"])


def behind(lines: list[str], at: re.Match, names: list[str]) -> None:
    number = int(at["line"]) - 1
    if at["mark"] not in line_at(lines, number):
        raise AtALoss(f"line {number + 1} does not say {at['mark']}: {lines[number]}")
    lines[number] = lines[number].replace(at["mark"], f"{at['mark']} {at['new']}", 1)


def listing(lines: list[str], at: re.Match, names: list[str]) -> None:
    """Up to the parenthesis that ends "$(…)": quotes may hide another one."""
    number = int(at["line"]) - 1
    found = re.search(r"\$\(ip (?:'[^']*'|\"[^\"]*\"|[^()'\"])*\)", line_at(lines, number))
    if not found:
        raise AtALoss(f"line {number + 1} lists no addresses: {lines[number]}")
    lines[number] = lines[number][:found.start()] + f"$({at['new']})" + lines[number][found.end():]


def filled_in(lines: list[str], at: re.Match, names: list[str]) -> None:
    number = int(at["line"]) - 1
    if not re.match(rf"\s*(export\s+)?{at['name']}=", line_at(lines, number)):
        raise AtALoss(f"line {number + 1} does not fill in {at['name']}: {lines[number]}")
    lines[number] = at["new"]


def above_name(lines: list[str], at: re.Match, names: list[str]) -> None:
    number = next((number for number, line in enumerate(lines) if any(name in line for name in names)), None)
    if number is None:
        raise AtALoss(f"no line has the name {' or '.join(names)}")
    lines.insert(number, at["new"])


def in_section_of_provider(lines: list[str], at: re.Match, names: list[str]) -> None:
    number = next((number for number, line in enumerate(lines) if line.rstrip().endswith("{")), None)
    if number is None:
        raise AtALoss("there is no section")
    lines.insert(number + 1, "  " + at["new"])


def below(lines: list[str], at: re.Match, names: list[str]) -> None:
    """A stanza of interfaces(5) goes on while lines are indented."""
    number = next((number for number, line in enumerate(lines) if line.split() and " ".join(line.split()).startswith(at["mark"])), None)
    if number is None:
        raise AtALoss(f"no line begins with {at['mark']}")
    end = number + 1
    while end < len(lines) and lines[end][:1] in (" ", "\t"):
        end += 1
    kept = [line for line in lines[number + 1:end] if not line.split() or line.split()[0] != at["gives_way"]]
    lines[number + 1:end] = [f"  {at['new']}", *kept]


def in_section_of_yaml(lines: list[str], at: re.Match, names: list[str]) -> None:
    """A line of a mapping."""
    number = next((number for number, line in enumerate(lines) if line.strip().strip('"') == at["section"] + ":"), None)
    if number is None:
        raise AtALoss(f"there is no section {at['section']}")
    deeper = len(lines[number]) - len(lines[number].lstrip()) + 2
    end = number + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) >= deeper):
        end += 1
    kept = [line for line in lines[number + 1:end] if line.strip() not in (at["old"], at["new"])]
    lines[number + 1:end] = [" " * deeper + at["new"], *kept]


def take_out_line(lines: list[str], at: re.Match, names: list[str]) -> None:
    if not line_at(lines, int(at["line"]) - 1).strip().startswith(at["mark"]):
        raise AtALoss(f"line {at['line']} does not begin with {at['mark']}: {lines[int(at['line']) - 1]}")
    del lines[int(at["line"]) - 1]


# What stands behind "In FILE, " or, where a line is named, "In FILE, line N, ".
FORMS = [
    (r'in place of (?:"(?P<old>[^"]*)" in )?line (?P<line>\d+)(?:, which begins with "(?P<mark>[^"]+)")?, write:\s(?P<new>.+)', in_place_of),
    (r'line (?P<line>\d+), in place of "(?P<old>[^"]+)" in the URL, write:\s(?P<new>.+)', in_url),
    (r'line (?P<line>\d+), write behind "(?P<mark>[^"]+)":\s(?P<new>.+)', behind),
    (r"line (?P<line>\d+), in place of the command that lists the addresses, and of all that it is piped into, write:\s(?P<new>.+)", listing),
    (r"line (?P<line>\d+), let (?P<name>\w+) be filled in this way:\s(?P<new>.+)", filled_in),
    (r"above the line with the name, write:\s(?P<new>.+)", above_name),
    (r"in the section of the provider, write:\s(?P<new>.+)", in_section_of_provider),
    (r'write below the line that begins with "(?P<mark>[^"]+)" \(interfaces\(5\)\): (?P<new>.+?)'
     r"(?:\. A line there that begins with (?P<gives_way>\w+) gives way to it.*)?", below),
    (r"in the section of (?P<section>.+?), write (?P<new>\S+: \S+) in place of (?P<old>\S+: \S+)\. Where neither stands, add it\.", in_section_of_yaml),
    (r'take out line (?P<line>\d+), which begins with "(?P<mark>[^"]+)"\.', take_out_line),
]
# Sentences without a file, about the one before them.
# The lab's ddclient is of that version.
OTHERWISE = re.compile(r"Up to version 3\.10, for another service than (?P<services>.+?), write there instead, in place of all that begins with "
                       r"use=, usev4= or usev6=, [^:]+:\s(?P<new>.+)")
ABOVE = re.compile(r"Above that line, write:\s(?P<new>.+)")
AT_THE_TOP = re.compile(r"Above the sections, write as well: (?P<new>[^.]+)\.")


def line_at(lines: list[str], number: int) -> str:
    if not 0 <= number < len(lines):
        raise AtALoss(f"there is no line {number + 1}")
    return lines[number]


def edit(text: str, file: str, steps: list[str], names: list[str]) -> str:
    """`text` as the steps about `file` want it."""
    lines, done = text.splitlines(), 0
    about = [number for number, step in enumerate(steps) if step.startswith(f"In {file}, ")]
    for number in about:
        said = steps[number].removeprefix(f"In {file}, ")
        form, do = next(((found, do) for pattern, do in FORMS if (found := re.fullmatch(pattern, said))), (None, None))
        if form is None:
            raise AtALoss(f"what is meant by this? {steps[number]}")
        otherwise = [found for step in steps[number + 1:] if (found := OTHERWISE.fullmatch(step))]
        if otherwise and not uses_one_of(text, otherwise[0]["services"]):
            said = said.replace(form["new"], otherwise[0]["new"])
            form = re.fullmatch(next(pattern for pattern, its in FORMS if its is do), said)
        do(lines, form, names)
        if (new := form.groupdict().get("new")) in (found["new"] for found in otherwise):
            lines[:] = [line if new in line else left for line in lines if new in line or (left := without_ways(line)) or not line]
        done += 1
        for found in filter(None, map(ABOVE.search, steps[number + 1:])):
            lines.insert(int(form["line"]) - 1, found["new"])
    if not done:
        raise AtALoss("nothing is said about it")
    for found in filter(None, map(AT_THE_TOP.search, steps)):
        lines.insert(0, found["new"])
    return "\n".join(lines) + "\n"


def uses_one_of(text: str, services: str) -> bool:
    return any(f"protocol={one.strip().lower()}" in text.replace(" ", "").lower() for one in services.replace(" and ", ",").split(","))


def without_ways(line: str) -> str:
    """Of a line of ddclient.conf, what does not say how the address is found."""
    return ", ".join(item for item in (part.strip() for part in line.split(",")) if not re.match("(use|usev4|usev6)=", item))


def main() -> int:
    file, advice = Path(sys.argv[1]), json.loads(ADVICE.read_text())
    named = str(file)
    if re.fullmatch(r"/tmp/crontab\.\w+/crontab", named):  # crontab(1) gives a copy
        crontabs = (re.match(r"In (the crontab of \S+),", step) for step in advice["steps"])
        named = next((found[1] for found in crontabs if found), named)
        time.sleep(1.1)  # no person is faster, and it looks at the file's time in seconds
    try:
        file.write_text(edit(file.read_text(), named, advice["steps"], advice["names"]))
    except (AtALoss, OSError) as error:
        print(f"the advice leaves a reader of {named} at a loss: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
