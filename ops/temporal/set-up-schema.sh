#!/bin/sh
# Makes or updates the two databases of a Temporal server on PostgreSQL. Run by a one-shot container at every start: the
# tool leaves alone what is there already, so that any failure is a real one.
set -eu
for part in temporal visibility; do
  case "$part" in
    temporal) database=temporal ;;
    visibility) database=temporal_visibility ;;
  esac
  tool="temporal-sql-tool --plugin postgres12 --ep $POSTGRES_SEEDS -p 5432 -u $POSTGRES_USER --db $database"
  $tool create
  $tool setup-schema -v 0.0
  $tool update-schema -d "/etc/temporal/schema/postgresql/v12/$part/versioned"
done
