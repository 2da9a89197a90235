"""A line of text as JSON that PostgreSQL can hold: a stranger wrote it, so nothing about it is taken for granted."""
import json
import math
import re
from typing import Any

CONTAINERS = frozenset((dict, list))
GAP = re.compile(r"[ \t\n\r]*")
# In this order: an escaped backslash, which begins no other escape; NUL; a surrogate pair; half of one.
ESCAPE = re.compile(r"\\(?:(\\)|(u0000)|(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|u[dD][89a-fA-F])")


TORN = "ends in the middle: a report takes one line (jq -c . FILE writes it so)"


class Refused(ValueError):
    """Why a line is no report, in words for whoever mends it."""


def shown(value: Any) -> str:
    """A stranger's value in a message: printable ASCII, and short."""
    if type(value) in CONTAINERS:
        return "an object" if type(value) is dict else "an array"
    text = json.dumps(value)
    return text if len(text) <= 60 else text[:57] + "..."


def finite(text: str) -> float:
    """PostgreSQL's numeric type refuses exponents far beyond a double's, and they need not show in the value: 0e-99999."""
    value = float(text)
    if not math.isfinite(value) or value == 0 and "e" in text.lower() or len(text) > 40:
        raise Refused(f"has a number that not every reader can hold: {shown(text)}")
    return value


def no_number(text: str) -> None:
    raise Refused(f"is not JSON: {text} is no number there")


DECODER = json.JSONDecoder(parse_float=finite, parse_constant=no_number)


def storable(escape: re.Match[str]) -> str:
    """PostgreSQL holds no NUL. A router may have sent one all the same, and a report may quote it: it becomes the replacement character.
    Half a surrogate pair is no character at all, and no ringback writes one."""
    backslash, nul, pair = escape.groups()
    if not (backslash or nul or pair):
        raise Refused("has half a surrogate pair, which is no character")
    return "\\ufffd" if nul else escape[0]


def decoded(line: bytes) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise Refused(f"is not UTF-8 (byte {error.start + 1})") from None
    return ESCAPE.sub(storable, text) if "\\u" in text else text


def value_at(text: str, at: int) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise Refused(f"is not JSON: {error.msg} (character {error.pos + 1})") from None
    except Refused:
        raise
    except ValueError:  # Python's own limit
        raise Refused("has an integer of thousands of digits") from None


def expect(text: str, at: int, wanted: str) -> str:
    found = text[at:at + 1]
    if not found or found not in wanted:
        raise Refused(f"is not JSON: expected {' or '.join(wanted)} (character {at + 1})" if found else TORN)
    return found


def members(text: str) -> dict[str, tuple[Any, str]]:
    """The outermost object, each key with its value and the value's own text. A key that comes twice is refused: it means different
    things to different readers."""
    at = GAP.match(text).end()
    expect(text, at, "{")
    at = GAP.match(text, at + 1).end()
    result: dict[str, tuple[Any, str]] = {}
    separator = "}" if text[at:at + 1] == "}" else ","
    while separator == ",":
        expect(text, at, '"')
        key, at = value_at(text, at)
        at = GAP.match(text, at).end()
        expect(text, at, ":")
        start = GAP.match(text, at + 1).end()
        value, end = value_at(text, start)
        if key in result:
            raise Refused(f"has the key {shown(key)} twice")
        result[key] = value, text[start:end]
        at = GAP.match(text, end).end()
        separator = expect(text, at, ",}")
        at = GAP.match(text, at + 1).end() if separator == "," else at
    if text[at + 1:].strip(" \t\n\r"):
        raise Refused(f"has something after its end (character {at + 2})")
    return result
