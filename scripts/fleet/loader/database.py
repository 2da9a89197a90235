"""Batches of reports into the database: each batch is one transaction, and a report that is there already changes nothing."""
import io
from collections.abc import Iterable

import psycopg2

from .copy_rows import Value, copy_rows
from .report import Report

COLUMNS = "household, started, id, network, redacted, version, connection_type, ipv4_kind, ipv6_kind"
STAGING = """
CREATE TEMPORARY TABLE staged (household text COLLATE "C", started timestamptz, id uuid, network text, redacted boolean, version text,
  connection_type text, ipv4_kind text, ipv6_kind text) ON COMMIT DELETE ROWS
"""
# In the order of the keys, which is the same in every loader: of two that meet at the same reports one waits for the other, never both.
INSERT = f"""
INSERT INTO ringback.report ({COLUMNS}) SELECT {COLUMNS} FROM staged ORDER BY household, started, id ON CONFLICT DO NOTHING
RETURNING household, started, id
"""


class Database:
    """A connection as libpq finds it: its environment variables, ~/.pg_service.conf, ~/.pgpass."""

    def __init__(self, service: str | None = None) -> None:
        chosen = {} if service is None else {"service": service}
        self.connection = psycopg2.connect(application_name="ringback-fleet", client_encoding="UTF8", **chosen)
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            cursor.execute(STAGING)

    def close(self) -> None:
        self.connection.close()

    def load(self, reports: list[Report]) -> tuple[int, list[tuple[Report, str]]]:
        """How many are new, and which ones the database refuses, with its reason: those are found by halving, and the others are loaded."""
        try:
            return self.load_all(reports), []
        except (psycopg2.DataError, psycopg2.IntegrityError) as error:
            if len(reports) == 1:
                return 0, [(reports[0], error.diag.message_primary or str(error))]
        middle = len(reports) // 2
        (new, refused), (more, others) = self.load(reports[:middle]), self.load(reports[middle:])
        return new + more, refused + others

    def load_all(self, reports: list[Report]) -> int:
        """The key of a report decides, also among several loaders: whoever puts it into the table adds what belongs to it."""
        by_key = {(r.household, r.started, r.id): r for r in reports}
        with self.connection, self.connection.cursor() as cursor:
            def copy(table: str, columns: str, rows: Iterable[Iterable[Value]]) -> None:
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT binary)", io.BytesIO(copy_rows(rows)), 1 << 20)

            copy("staged", COLUMNS, ((*key, r.network, r.redacted, r.version, r.connection_type, r.ipv4_kind, r.ipv6_kind)
                                     for key, r in by_key.items()))
            cursor.execute(INSERT)
            new = [by_key[household, started, bytes.fromhex(id.replace("-", ""))] for household, started, id in cursor.fetchall()]
            if not new:
                return 0
            keyed = [((r.household, r.started, r.id), r) for r in new]
            copy("ringback.document", "household, started, report_id, document", ((*key, r.document) for key, r in keyed))
            copy("ringback.service", "household, started, report_id, service, family, reachable, stopped_at, cause",
                 ((*key, *service) for key, r in keyed for service in r.services))
            copy("ringback.finding", "household, started, report_id, position, code, severity, service, family",
                 ((*key, n, *finding) for key, r in keyed for n, finding in enumerate(r.findings)))
        return len(new)
