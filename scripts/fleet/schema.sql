-- Reports of a fleet. Run it with psql as the owner of the database; running it again changes nothing.
--
-- Every key begins with the household, and no row refers to another household's: so a distributed PostgreSQL (Citus) can keep each
-- household on one node, and nothing here has to be changed for it. citus.sql says how.
\set ON_ERROR_STOP on

DO $$
BEGIN
  IF current_setting('server_encoding') <> 'UTF8' THEN
    RAISE EXCEPTION 'this database is encoded in %, and reports are UTF-8', current_setting('server_encoding')
      USING HINT = 'createdb --encoding UTF8 --template template0 NAME';
  END IF;
END $$;

BEGIN;

CREATE SCHEMA IF NOT EXISTS ringback;

-- One row for each report.
CREATE TABLE IF NOT EXISTS ringback.report (
  household       text COLLATE "C" NOT NULL CHECK (char_length(household) BETWEEN 1 AND 200),
  started         timestamptz NOT NULL,                 -- by the clock of the host that wrote the report
  id              uuid        NOT NULL,                 -- from the content: the same report has the same one
  loaded          timestamptz NOT NULL DEFAULT now(),
  network         text COLLATE "C",                     -- a label given while loading, or from the address; null: not known
  redacted        boolean     NOT NULL,
  version         text        NOT NULL,                 -- of ringback
  connection_type text COLLATE "C" NOT NULL,
  ipv4_kind       text        NOT NULL,
  ipv6_kind       text        NOT NULL,
  PRIMARY KEY (household, started, id)
);

-- The report as it was written, beside its row, so that it can be deleted earlier. Text takes a quarter less room than jsonb and a quarter of
-- the time; the loader has seen to it that each one casts to jsonb.
CREATE TABLE IF NOT EXISTS ringback.document (
  household text COLLATE "C" NOT NULL,
  started   timestamptz NOT NULL,
  report_id uuid        NOT NULL,
  document  text COMPRESSION lz4 NOT NULL,
  PRIMARY KEY (household, started, report_id),
  FOREIGN KEY (household, started, report_id) REFERENCES ringback.report ON DELETE CASCADE
);

-- `services` of each report: can it be reached from the internet?
CREATE TABLE IF NOT EXISTS ringback.service (
  household  text COLLATE "C" NOT NULL,
  started    timestamptz NOT NULL,
  report_id  uuid        NOT NULL,
  service    text COLLATE "C" NOT NULL,                 -- 443/tcp
  family     text COLLATE "C" NOT NULL CHECK (family IN ('ipv4', 'ipv6')),
  reachable  text COLLATE "C" NOT NULL CHECK (reachable IN ('yes', 'no', 'unknown')),
  stopped_at text        NOT NULL,
  cause      text,                                      -- code of the finding that explains it
  PRIMARY KEY (household, started, report_id, service, family),
  FOREIGN KEY (household, started, report_id) REFERENCES ringback.report ON DELETE CASCADE
);
-- A service's answers one after the other, as the views about lost reachability read them.
CREATE INDEX IF NOT EXISTS service_history ON ringback.service (household, service, family, started, report_id) INCLUDE (reachable);

-- `findings` of each report.
CREATE TABLE IF NOT EXISTS ringback.finding (
  household  text COLLATE "C" NOT NULL,
  started    timestamptz NOT NULL,
  report_id  uuid        NOT NULL,
  position   smallint    NOT NULL,                      -- the report has the gravest first, as 0
  code       text COLLATE "C" NOT NULL,
  severity   text COLLATE "C" NOT NULL CHECK (severity IN ('error', 'warning', 'info')),
  service    text,
  family     text,
  PRIMARY KEY (household, started, report_id, position),
  FOREIGN KEY (household, started, report_id) REFERENCES ringback.report ON DELETE CASCADE
);

-- Two roles without a login; members are who may load, and who may read. Whoever loads can add reports and
-- see which ones are there, and nothing of what is in them.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['ringback_load', 'ringback_read'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
    END IF;
  END LOOP;
  EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO ringback_load', current_database());
END $$;
GRANT USAGE ON SCHEMA ringback TO ringback_load, ringback_read;
GRANT INSERT ON ringback.report, ringback.document, ringback.service, ringback.finding TO ringback_load;
-- Unless the whole table is granted, as citus.sql does: a distributed table may take no list of columns.
DO $$
BEGIN
  IF NOT has_table_privilege('ringback_load', 'ringback.report', 'SELECT') THEN
    GRANT SELECT (household, started, id) ON ringback.report TO ringback_load;
  END IF;
END $$;
GRANT SELECT ON ringback.report, ringback.document, ringback.service, ringback.finding TO ringback_read;

COMMIT;
