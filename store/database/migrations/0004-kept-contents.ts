/**
 * What says which content is still needed: names that were replaced, checkpoints, and what retention has removed. Rows of
 * earlier releases name content in their JSON alone; it is written down here, so that the sweep finds it.
 */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { z } from 'zod';
import { runStatements } from './statements.ts';

/** The tables as this migration finds and leaves them. */
type TablesHere = {
  checkpoints: { key: string; data: string; content_sha256: string | null };
  delivery_inputs: { job_id: string; delivery_id: string; input: string };
  kept_contents: { job_id: string; sha256: string; created_at: string };
};

export const keptContents: Migration = {
  async up(database: Kysely<unknown>) {
    await runStatements(database, statements);
    const tables = database.withTables<TablesHere>();
    await readCheckpoints(tables);
    await readDeliveryInputs(tables);
  },
};

const statements: readonly string[] = [
  `alter table artifacts add column removed_after_days integer`,
  `alter table jobs add column files_removed_after_days integer`,
  `alter table batches add column files_removed_after_days integer`,
  `alter table batch_items add column output_removed_after_days integer`,
  `alter table checkpoints add column content_sha256 text`,
  `create table kept_contents (tenant text not null default 'default', job_id text not null, sha256 text not null,
    created_at text not null, primary key (job_id, sha256))`,
  `create index kept_contents_by_content on kept_contents (sha256)`,
  `create index artifacts_by_content on artifacts (sha256)`,
  `create index checkpoints_by_content on checkpoints (content_sha256) where content_sha256 is not null`,
  `create index checkpoints_by_job on checkpoints (job_id)`,
  `create index batch_items_by_content on batch_items (output_sha256) where output_sha256 is not null`,
  `create index jobs_by_end on jobs (ended_at) where files_removed_after_days is null and ended_at is not null`,
  `create index batches_by_end on batches (ended_at) where files_removed_after_days is null and ended_at is not null`,
  ...['computer_turns', 'approvals'].map(
    (table) => `insert into kept_contents (job_id, sha256, created_at)
      select job_id, screenshot_sha256, min(${table === 'approvals' ? 'asked_at' : 'looked_at'}) from ${table}
      where screenshot_sha256 <> '' and not exists (select 1 from artifacts where artifacts.job_id = ${table}.job_id
        and artifacts.sha256 = ${table}.screenshot_sha256)
      group by job_id, screenshot_sha256 on conflict do nothing`,
  ),
];

const CheckpointContent = z.looseObject({ browserState: z.string() });
const DeliveryContents = z.looseObject({ artifacts: z.array(z.looseObject({ sha256: z.string() })) });
const rowsAtOnce = 200;

async function readCheckpoints(database: Kysely<TablesHere>): Promise<void> {
  for (let after = ''; ;) {
    const rows = await database
      .selectFrom('checkpoints')
      .select(['key', 'data'])
      .where('key', '>', after)
      .orderBy('key')
      .limit(rowsAtOnce)
      .execute();
    for (const { key, data } of rows) {
      const read = CheckpointContent.safeParse(JSON.parse(data));
      if (!read.success) continue;
      const content = { content_sha256: read.data.browserState };
      await database.updateTable('checkpoints').set(content).where('key', '=', key).execute();
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.key;
  }
}

/** A delivery that people may want sent again needs the very files that it was sent with. */
async function readDeliveryInputs(database: Kysely<TablesHere>): Promise<void> {
  const created_at = new Date().toISOString();
  for (let after = ''; ;) {
    const jobs = await database
      .selectFrom('delivery_inputs')
      .select('job_id')
      .distinct()
      .where('job_id', '>', after)
      .orderBy('job_id')
      .limit(rowsAtOnce)
      .execute();
    for (const { job_id } of jobs) {
      const inputs = await database
        .selectFrom('delivery_inputs')
        .select('input')
        .where('job_id', '=', job_id)
        .execute();
      for (const { input } of inputs) {
        const read = DeliveryContents.safeParse(JSON.parse(input));
        for (const { sha256 } of read.data?.artifacts ?? []) {
          await database
            .insertInto('kept_contents')
            .values({ job_id, sha256, created_at })
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
      }
    }
    const last = jobs.at(-1);
    if (last === undefined) return;
    after = last.job_id;
  }
}
