"""Rows in PostgreSQL's binary COPY format, in which no character of a value means anything."""
import datetime
import struct
from collections.abc import Iterable

BEGINNING = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = struct.pack("!h", -1)
NULL = struct.pack("!i", -1)
EPOCH = datetime.datetime(2000, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)

Value = str | bytes | bool | int | datetime.datetime | None  # text or json, uuid, boolean, smallint, timestamptz

TO_BYTES = {
    str: str.encode,
    bytes: bytes,
    bool: struct.Struct("!?").pack,
    int: struct.Struct("!h").pack,
    datetime.datetime: lambda value: struct.pack("!q", (value - EPOCH) // MICROSECOND),
}


def copy_rows(rows: Iterable[Iterable[Value]]) -> bytes:
    pieces = [BEGINNING]
    for row in rows:
        fields = [None if value is None else TO_BYTES[type(value)](value) for value in row]
        pieces.append(struct.pack("!h", len(fields)))
        for field in fields:
            pieces += (NULL,) if field is None else (struct.pack("!i", len(field)), field)
    pieces.append(END)
    return b"".join(pieces)
