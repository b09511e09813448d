/** Gives each row of every table of tenants its tenant: that of its job or batch. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { runStatements } from './statements.ts';

/** Those that had no tenant, by the column that names their job, or their batch. */
const tables = {
  job_id: [
    'steps',
    'deliveries',
    'delivery_inputs',
    'events',
    'artifacts',
    'ledger',
    'checkpoints',
    'model_calls',
    'computer_turns',
    'approvals',
    'controls',
    'person_actions',
  ],
  batch_id: [
    'batch_items',
    'batch_partitions',
    'batch_minutes',
    'provider_batches',
    'batch_uploads',
    'upload_locks',
    'batch_waits',
  ],
} as const;

export const tenants: Migration = {
  async up(database: Kysely<unknown>) {
    for (const [column, named] of Object.entries(tables)) {
      for (const table of named) {
        // The default is for rows that are there; the store names the tenant of each new one.
        const add = `alter table ${table} add column tenant text not null default 'default'`;
        await runStatements(database, [add, ofOwner(table, column, 'jobs'), ofOwner(table, column, 'batches')]);
      }
    }
    // Lists of a tenant that are read by state.
    await sql`drop index approvals_by_state`.execute(database);
    await sql`create index approvals_by_state on approvals (tenant, state, asked_at)`.execute(database);
  },
};

/** Rows of jobs and batches of another tenant than the default one, of which hardly any installation has one. */
function ofOwner(table: string, column: string, owners: 'jobs' | 'batches'): string {
  const others = `select id from ${owners} where tenant <> 'default'`;
  return `update ${table} set tenant = (select tenant from ${owners} where id = ${table}.${column})
    where ${column} in (${others})`;
}
