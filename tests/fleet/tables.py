"""What holds of the tables themselves: that Citus can distribute them, who may do what, and that reports go when they shall."""
import re

from cluster import FLEET
from support import COLLECTOR, READER, FleetCase, in_envelope, running, small_report

DISTRIBUTION_COLUMN = "household"
TABLES = ["document", "finding", "report", "service"]


class Distribution(FleetCase):
    """The rules of Citus for distributed tables, read from the catalogue: https://docs.citusdata.com, "Creating and Modifying Distributed Objects"."""

    def test_every_table_is_distributed_by_the_household(self) -> None:
        found = self.rows("SELECT relname FROM pg_class WHERE relnamespace = 'ringback'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1")
        self.assertEqual([name for name, in found], TABLES)
        calls = re.findall(r"create_distributed_table\('ringback\.(\w+)', '(\w+)'(?:, colocate_with => '(.*?)')?\)", (FLEET / "citus.sql").read_text())
        self.assertEqual(sorted(calls), [(name, DISTRIBUTION_COLUMN, "" if name == "report" else "ringback.report") for name in TABLES])
        self.assertEqual(calls[0][0], "report", "what others refer to comes first")

    def test_the_column_has_one_type_that_hashes_in_one_way(self) -> None:
        self.assertEqual(self.rows("""
            SELECT DISTINCT atttypid::regtype::text, collisdeterministic, attnotnull FROM pg_attribute JOIN pg_collation AS c ON c.oid = attcollation
            JOIN pg_class AS t ON t.oid = attrelid WHERE relnamespace = 'ringback'::regnamespace AND relkind = 'r' AND attname = %s""", DISTRIBUTION_COLUMN),
                         [("text", True, True)])

    def test_every_unique_key_has_it(self) -> None:
        keys = self.rows("""
            SELECT indexrelid::regclass::text, (SELECT array_agg(attname::text) FROM pg_attribute
                   WHERE attrelid = indrelid AND attnum = ANY ((indkey::int2[])[0:indnkeyatts - 1]))
            FROM pg_index JOIN pg_class AS t ON t.oid = indrelid
            WHERE relnamespace = 'ringback'::regnamespace AND relkind = 'r' AND (indisunique OR indisexclusion)""")
        self.assertEqual(len(keys), len(TABLES))
        for index, columns in keys:
            self.assertIn(DISTRIBUTION_COLUMN, columns, index)

    def test_every_foreign_key_joins_it_with_itself(self) -> None:
        keys = self.rows("""
            SELECT conname, confupdtype, confdeltype, array_agg(ours.attname || '=' || theirs.attname)
            FROM pg_constraint CROSS JOIN LATERAL unnest(conkey, confkey) AS pair (our, their)
            JOIN pg_attribute AS ours ON (ours.attrelid, ours.attnum) = (conrelid, our)
            JOIN pg_attribute AS theirs ON (theirs.attrelid, theirs.attnum) = (confrelid, their)
            WHERE contype = 'f' AND connamespace = 'ringback'::regnamespace GROUP BY 1, 2, 3""")
        self.assertEqual(len(keys), len(TABLES) - 1)
        for name, on_update, on_delete, pairs in keys:
            self.assertIn(f"{DISTRIBUTION_COLUMN}={DISTRIBUTION_COLUMN}", pairs, name)
            self.assertEqual((on_update, on_delete), ("a", "c"), f"{name}: Citus knows no SET NULL, SET DEFAULT or ON UPDATE CASCADE here")

    def test_nothing_is_there_that_one_node_would_have_to_count_or_decide(self) -> None:
        for what, query in {
            "triggers": "SELECT tgname FROM pg_trigger JOIN pg_class AS t ON t.oid = tgrelid WHERE relnamespace = 'ringback'::regnamespace AND NOT tgisinternal",
            "rules": "SELECT rulename FROM pg_rules WHERE schemaname = 'ringback'",
            "sequences": "SELECT relname FROM pg_class WHERE relnamespace = 'ringback'::regnamespace AND relkind = 'S'",
            "identity or generated columns": "SELECT attname FROM pg_attribute JOIN pg_class AS t ON t.oid = attrelid "
                                             "WHERE relnamespace = 'ringback'::regnamespace AND (attidentity <> '' OR attgenerated <> '')",
            "inheritance": "SELECT inhrelid FROM pg_inherits JOIN pg_class AS t ON t.oid = inhparent WHERE relnamespace = 'ringback'::regnamespace AND relkind = 'r'",
            "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'ringback'::regnamespace",
        }.items():
            self.assertEqual(self.rows(query), [], what)

    def test_every_window_is_within_one_household(self) -> None:
        windows = re.findall(r"PARTITION BY (\w+)", (FLEET / "views.sql").read_text())
        self.assertEqual((set(windows), len(windows)), ({DISTRIBUTION_COLUMN}, 2))

    def test_schema_and_views_can_be_run_again(self) -> None:
        self.load(in_envelope("1", small_report()))
        running.psql(self.name, "-f", str(FLEET / "schema.sql"), "-f", str(FLEET / "views.sql"))
        self.assertEqual(self.count("report"), 1)


class Rights(FleetCase):
    def allowed(self, user: str) -> set[tuple[str, str]]:
        return set(self.rows("""
            SELECT relname, right_to FROM pg_class CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS right_to
            WHERE relnamespace = 'ringback'::regnamespace AND relkind IN ('r', 'v') AND has_table_privilege(%s, oid, right_to)""", user))

    def test_who_loads_may_add_and_nothing_else(self) -> None:
        self.assertEqual(self.allowed(COLLECTOR), {(table, "INSERT") for table in TABLES})
        columns = self.rows("""SELECT attname::text FROM pg_attribute WHERE attrelid = 'ringback.report'::regclass AND attnum > 0
            AND has_column_privilege(%s, attrelid, attnum, 'SELECT') ORDER BY attnum""", COLLECTOR)
        self.assertEqual(columns, [("household",), ("started",), ("id",)])

    def test_where_tables_are_distributed_it_may_read_the_whole_row_without_a_list_of_columns(self) -> None:
        rights = re.findall(r"^(?:GRANT|REVOKE) .*;$", (FLEET / "citus.sql").read_text(), re.MULTILINE)
        try:
            self.rows(" ".join(rights))
            running.psql(self.name, "-f", str(FLEET / "schema.sql"))
            self.assertEqual(self.allowed(COLLECTOR), {(table, "INSERT") for table in TABLES} | {("report", "SELECT")})
            self.assertEqual(self.rows("SELECT attname FROM pg_attribute WHERE attrelid = 'ringback.report'::regclass AND attacl IS NOT NULL"), [])
            self.load(in_envelope("1", small_report()))
        finally:
            self.rows("REVOKE SELECT ON ringback.report FROM ringback_load")
            running.psql(self.name, "-f", str(FLEET / "schema.sql"))

    def test_who_reads_may_read_and_nothing_else(self) -> None:
        relations = self.rows("SELECT relname FROM pg_class WHERE relnamespace = 'ringback'::regnamespace AND relkind IN ('r', 'v')")
        self.assertEqual(self.allowed(READER), {(name, "SELECT") for name, in relations})
        self.assertEqual(len(relations), 12)

    def test_nobody_else_may_do_anything(self) -> None:
        self.rows("DROP ROLE IF EXISTS passer_by; CREATE ROLE passer_by LOGIN")
        self.assertEqual(self.allowed("passer_by"), set())
        self.assertIn("permission denied", self.load(in_envelope("1", small_report()), user="passer_by", status=69))

    def test_a_reader_cannot_load(self) -> None:
        self.assertIn("permission denied", self.load(in_envelope("1", small_report()), user=READER, status=69))
        self.assertEqual(self.count("report"), 0)


class Deletion(FleetCase):
    def setUp(self) -> None:
        super().setUp()
        self.load("".join(in_envelope(household, small_report(f"2026-0{month}-01T00:00:00.000Z", [("443/tcp", "ipv4", "yes", None)]))
                          for household in "12" for month in (1, 2, 3)))
        self.each = self.count("finding") // 6

    def counts(self) -> list[int]:
        return [self.count(table) for table in TABLES]

    def test_old_reports(self) -> None:
        self.rows("DELETE FROM ringback.report WHERE started < '2026-02-15'")
        self.assertEqual(self.counts(), [2, 2 * self.each, 2, 2])

    def test_old_documents_alone(self) -> None:
        self.rows("DELETE FROM ringback.document WHERE started < '2026-02-15'")
        self.assertEqual(self.counts(), [2, 6 * self.each, 6, 6])

    def test_a_household(self) -> None:
        self.rows("DELETE FROM ringback.report WHERE household = '1'")
        self.assertEqual(self.counts(), [3, 3 * self.each, 3, 3])


class Encoding(FleetCase):
    def test_a_database_that_cannot_hold_reports_is_refused(self) -> None:
        self.rows("CREATE DATABASE latin ENCODING LATIN1 LOCALE 'C' TEMPLATE template0")
        with self.assertRaisesRegex(Exception, "returned non-zero exit status 3"):
            running.psql("latin", "-f", str(FLEET / "schema.sql"))
