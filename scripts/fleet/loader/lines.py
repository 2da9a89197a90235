"""Files as blocks of whole lines, and blocks as lines; no line is held that is longer than a limit."""
import itertools
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

PIECE = 1 << 16


class Line(NamedTuple):
    file: str
    number: int
    content: bytes | None  # None: it was longer than the limit, and its content is not kept

    def __str__(self) -> str:
        return f"{self.file}:{self.number}"


class Block(NamedTuple):
    file: str
    first: int             # the number of its first line
    content: bytes | None  # None: one line that was longer than the limit

    def lines(self) -> Iterator[Line]:
        """All but blank ones."""
        if self.content is None:
            yield Line(self.file, self.first, None)
            return
        for number, content in enumerate(self.content.split(b"\n"), self.first):
            if content and not content.isspace():
                yield Line(self.file, number, content)


def blocks(stream: BinaryIO, file: str, size: int, longest: int) -> Iterator[Block]:
    """Of about `size` bytes."""
    first, held, bytes_held = 1, [], 0
    for number in itertools.count(1):
        line = stream.readline(longest + 1)
        too_long = len(line) > longest and not line.endswith(b"\n")
        if held and (not line or too_long or bytes_held >= size):
            yield Block(file, first, b"".join(held))
            held, bytes_held = [], 0
        if not line:
            return
        if too_long:
            while line and not line.endswith(b"\n"):
                line = stream.readline(PIECE)
            yield Block(file, number, None)
            continue
        first = first if held else number
        held.append(line)
        bytes_held += len(line)
