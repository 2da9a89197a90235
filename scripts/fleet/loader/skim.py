"""The members of a report that columns are made of, without the others: most of a report is its evidence, which no column holds.

SQLite reads all of the text, says whether it is JSON, and hands over those members. That is C; Python would first make an object of
everything. What is unusual or wrong is left to document.py, which says why. Of a key that comes twice SQLite takes the first."""
import sqlite3
from typing import Any

from .document import DECODER

MEMBERS = ("schema", "tool", "started", "duration_ms", "redacted", "connection", "services", "findings", "probes")
QUERY = f"""
SELECT json_valid(?1) AND json_type(?1, '$.evidence') = 'object' AND json_type(?1, '$.report') IS NULL,
  json_extract(?1, {', '.join(f"'$.{member}'" for member in MEMBERS)})
"""
# SQLite takes any number. With all digits, signs and points as 0: an exponent of three of them, and more than forty in a row.
SHAPE = bytes.maketrans(b"123456789.+-E", b"000000000000e")
HUGE = (b"0e000", b"0" * 41)


class Skim:
    def __init__(self) -> None:
        self.cursor = sqlite3.connect(":memory:").cursor()

    def report(self, text: str) -> dict[str, Any] | None:
        """None: document.py shall read it. Members that are missing are None, and the evidence is empty."""
        shape = text.encode().translate(SHAPE)
        if "\0" in text or any(huge in shape for huge in HUGE):  # at a NUL SQLite's text ends
            return None
        try:
            usual, members = self.cursor.execute(QUERY, (text,)).fetchone()
        except sqlite3.OperationalError:  # "malformed JSON"
            return None
        return dict(zip(MEMBERS, DECODER.decode(members)), evidence={}) if usual else None
