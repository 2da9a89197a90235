"""Reports of a fleet, from lines of JSON to rows of PostgreSQL: lines → reports → batches."""
