-- What a fleet's reports say together. Run it with psql after schema.sql; running it again replaces the views.
-- Months and weeks are those of UTC. "households" counts a household once, however often it reports.
\set ON_ERROR_STOP on
BEGIN;

-- Connection types over time.
CREATE OR REPLACE VIEW ringback.connection_types_by_month AS
SELECT month, connection_type, count(*) AS households, sum(reports)::bigint AS reports
FROM (SELECT date_trunc('month', started AT TIME ZONE 'UTC')::date AS month, connection_type, household, count(*) AS reports
      FROM ringback.report GROUP BY 1, 2, 3) AS of_household
GROUP BY month, connection_type;

CREATE OR REPLACE VIEW ringback.connection_types_by_week AS
SELECT week, connection_type, count(*) AS households, sum(reports)::bigint AS reports
FROM (SELECT date_trunc('week', started AT TIME ZONE 'UTC')::date AS week, connection_type, household, count(*) AS reports
      FROM ringback.report GROUP BY 1, 2, 3) AS of_household
GROUP BY week, connection_type;

-- Findings by network, and how many households of that network reported at all: what the findings are to be measured by.
CREATE OR REPLACE VIEW ringback.findings_by_network AS
SELECT month, network, code, severity, count(*) AS households, sum(findings)::bigint AS findings
FROM (SELECT date_trunc('month', r.started AT TIME ZONE 'UTC')::date AS month, r.network, f.code, f.severity, r.household, count(*) AS findings
      FROM ringback.finding AS f
      JOIN ringback.report AS r ON (r.household, r.started, r.id) = (f.household, f.started, f.report_id)
      GROUP BY 1, 2, 3, 4, 5) AS of_household
GROUP BY month, network, code, severity;

CREATE OR REPLACE VIEW ringback.households_by_network AS
SELECT month, network, count(*) AS households, sum(reports)::bigint AS reports
FROM (SELECT date_trunc('month', started AT TIME ZONE 'UTC')::date AS month, network, household, count(*) AS reports
      FROM ringback.report GROUP BY 1, 2, 3) AS of_household
GROUP BY month, network;

-- Where a service became reachable or ceased to be. "unknown" is no answer: it neither begins nor ends anything.
CREATE OR REPLACE VIEW ringback.reachability_change AS
SELECT household, service, family, started, report_id, reachable, before, before_at
FROM (SELECT household, service, family, started, report_id, reachable,
             lag(reachable) OVER of_service AS before, lag(started) OVER of_service AS before_at
      FROM ringback.service WHERE reachable <> 'unknown'
      WINDOW of_service AS (PARTITION BY household, service, family ORDER BY started, report_id)) AS answers
WHERE reachable IS DISTINCT FROM before;

-- From the first "no" after a "yes" to the next "yes"; what was never reachable was never lost. It happened between last_reached and lost.
CREATE OR REPLACE VIEW ringback.outage AS
SELECT o.household, o.service, o.family, r.network, s.cause, s.stopped_at, o.last_reached, o.lost, o.repaired
FROM (SELECT household, service, family, report_id, reachable, before, before_at AS last_reached, started AS lost,
             lead(started) OVER (PARTITION BY household, service, family ORDER BY started, report_id) AS repaired
      FROM ringback.reachability_change) AS o
JOIN ringback.service AS s ON (s.household, s.started, s.report_id, s.service, s.family) = (o.household, o.lost, o.report_id, o.service, o.family)
JOIN ringback.report AS r ON (r.household, r.started, r.id) = (o.household, o.lost, o.report_id)
WHERE o.reachable = 'no' AND o.before = 'yes';

-- Households that lost reachability and have not got it back.
CREATE OR REPLACE VIEW ringback.lost_reachability AS
SELECT household, service, family, network, cause, stopped_at, last_reached, lost FROM ringback.outage WHERE repaired IS NULL;

-- Time to repair, by what the first report of the outage named as the cause.
CREATE OR REPLACE VIEW ringback.time_to_repair AS
SELECT cause, count(*) AS outages, count(*) FILTER (WHERE repaired IS NULL) AS still_open,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY repaired - lost) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY repaired - lost) AS nine_of_ten,
       max(repaired - lost) AS longest
FROM ringback.outage GROUP BY cause;

GRANT SELECT ON ringback.connection_types_by_month, ringback.connection_types_by_week, ringback.findings_by_network,
  ringback.households_by_network, ringback.reachability_change, ringback.outage, ringback.lost_reachability, ringback.time_to_repair
  TO ringback_read;

COMMIT;
