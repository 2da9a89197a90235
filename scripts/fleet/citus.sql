-- On a Citus cluster, run on the coordinator after schema.sql and before any load. The distribution column is the household: README.md says why.
-- The referenced table comes first: a foreign key may point only to a table that is distributed already.
\set ON_ERROR_STOP on
CREATE EXTENSION IF NOT EXISTS citus;
-- Citus before 13.1 refuses a list of columns ("grant/revoke on column list is currently unsupported"), and the loader has to read the keys.
REVOKE SELECT (household, started, id) ON ringback.report FROM ringback_load;
GRANT SELECT ON ringback.report TO ringback_load;
SELECT create_distributed_table('ringback.report', 'household');
SELECT create_distributed_table('ringback.document', 'household', colocate_with => 'ringback.report');
SELECT create_distributed_table('ringback.service', 'household', colocate_with => 'ringback.report');
SELECT create_distributed_table('ringback.finding', 'household', colocate_with => 'ringback.report');
