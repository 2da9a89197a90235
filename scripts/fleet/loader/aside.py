"""What could not be loaded."""
import os
import pathlib
import sys
from typing import BinaryIO

from .lines import Line


class Aside:
    """Names each line with the reason, and keeps it as it came in a file that only its owner reads. The file is made when it is needed."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.count = 0
        self.file: BinaryIO | None = None

    def put(self, line: Line, reason: str) -> None:
        self.count += 1
        print(f"{line}: {reason}", file=sys.stderr)
        if line.content is None:
            return
        if self.file is None:
            self.file = open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb", buffering=0)
        self.file.write(line.content.rstrip(b"\n") + b"\n")  # whole: other loaders may append to it as well

    def summary(self) -> str:
        return (f", {self.count} put aside" if self.count else "") + (f" in {self.path}" if self.file else "")

    def close(self) -> None:
        if self.file is not None:
            self.file.close()
