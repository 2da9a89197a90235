-- On a Citus cluster, run on the coordinator after schema.sql and before any load. The distribution column is the household: README.md says why.
-- The referenced table comes first: a foreign key may point only to a table that is distributed already.
\set ON_ERROR_STOP on
CREATE EXTENSION IF NOT EXISTS citus;
SELECT create_distributed_table('ringback.report', 'household');
SELECT create_distributed_table('ringback.document', 'household', colocate_with => 'ringback.report');
SELECT create_distributed_table('ringback.service', 'household', colocate_with => 'ringback.report');
SELECT create_distributed_table('ringback.finding', 'household', colocate_with => 'ringback.report');
