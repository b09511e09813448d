/** Names the tables and columns of batches as the field does: partition, generation, provider batch, rate limiter, upload lock. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const batchTerms: Migration = {
  async up(database: Kysely<unknown>) {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};

const statements: readonly string[] = [
  'alter table batch_items rename column lane to partition',
  'alter table batch_lanes rename to batch_partitions',
  'alter table batch_partitions rename column lane to partition',
  'alter table batch_partitions rename column epoch to generation',
  'alter table batch_waits rename column lane to partition',
  'alter table batch_parcels rename to provider_batches',
  'drop index batch_parcels_by_provider',
  'create index provider_batches_by_id on provider_batches (provider_id) where provider_id is not null',
  'alter table upload_turns rename to upload_locks',
  'alter table provider_gates rename to rate_limiters',
  // In a circuit breaker "closed" means that calls pass; the fields say when, and why, they are blocked.
  `update rate_limiters set data = replace(replace(data, '"closedUntil"', '"blockedUntil"'), '"closedBy"', '"blockedBy"')`,
];
