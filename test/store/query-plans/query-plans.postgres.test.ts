/** What is done for each item or job costs the same however many there are: PostgreSQL finds the rows by indexes. */
import { sql } from 'kysely';
import { Client } from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../../store/database/database.ts';
import { runningBatch } from '../../support/batches/batches.ts';
import { workOnAudit } from '../../support/store/hot-statements/audit-work.ts';
import { workOnExperiment } from '../../support/store/hot-statements/experiment-work.ts';
import { workOnItems } from '../../support/store/hot-statements/item-work.ts';
import { workOnJob } from '../../support/store/hot-statements/job-work.ts';
import { workOnToolRequest } from '../../support/store/hot-statements/tool-work.ts';
import { withClient } from '../../support/postgres/statements.ts';
import { openTemporary, temporaryPlace, type TestStore } from '../../support/temporary-store.ts';

const NodeSchema = z.looseObject({
  'Node Type': z.string(),
  'Parent Relationship': z.string().optional(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  get Plans() {
    return z.array(NodeSchema).optional();
  },
});
type Node = z.infer<typeof NodeSchema>;
const ExplainedSchema = z.array(z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: NodeSchema })]) }));

interface Recorded {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The nodes of the plans of all statements that the work makes, each with its statement. */
async function planOf(
  work: (store: TestStore) => Promise<void>,
  { items, setting }: { readonly items: number; readonly setting?: string },
): Promise<readonly { readonly node: Node; readonly text: string }[]> {
  const place = await temporaryPlace();
  const url = place.databaseUrl ?? '';
  const store = await openTemporary(place);
  await runningBatch(store, 'b', 3);
  await addEndedItems(url, items);
  const recorded = await record(() => work(store));
  expect(recorded.length).toBeGreaterThan(10);
  return withClient(url, async (client) => {
    if (setting !== undefined) await client.query(setting);
    const plans = [];
    for (const { text, values } of recorded) {
      const { rows } = await client.query(`explain (format json) ${text}`, [...values]);
      const [explained] = ExplainedSchema.parse(rows);
      if (explained !== undefined)
        plans.push(...nodesOf(explained['QUERY PLAN'][0].Plan).map((node) => ({ node, text })));
    }
    return plans;
  });
}

async function record(work: () => Promise<void>): Promise<readonly Recorded[]> {
  const query = vi.spyOn(Client.prototype, 'query');
  onTestFinished(() => query.mockRestore());
  await work();
  const recorded = new Map<string, Recorded>();
  for (const [text, values] of query.mock.calls as readonly unknown[][]) {
    if (typeof text !== 'string' || !/^(select|insert|update|delete|with)/.test(text)) continue;
    recorded.set(text, { text, values: z.array(z.unknown()).parse(values ?? []) });
  }
  query.mockRestore();
  return [...recorded.values()];
}

/** Items that ended long ago, as a large batch has them, and what PostgreSQL counts of them. */
async function addEndedItems(url: string, count: number): Promise<void> {
  const database = await openDatabase({ url });
  await sql`insert into batch_items (batch_id, position, item, status, attempts, response_id, reserved_nano,
      reserved_minute, flagged, input_tokens, cached_input_tokens, output_tokens, cost_nano, created_ms, ended_ms)
    select 'b', at, '{"word":"a"}', 'succeeded', 1, 'resp_old_' || at, 0, 0, 0, 5, 0, 2, 1, 1000 + at, 2000 + at
    from generate_series(10, 10 + ${count}::int) as at`.execute(database);
  await sql`analyze`.execute(database);
  await database.destroy();
}

function nodesOf(node: Node): readonly Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

const describeNode = ({ node, text }: { readonly node: Node; readonly text: string }) =>
  `${node['Node Type']} by ${node['Index Name'] ?? 'nothing'} (${node['Index Cond'] ?? ''}) in ${text}`;

it('P09: taking, submitting, retrying and ending an item finds it by an index', async () => {
  const nodes = await planOf(workOnItems, { items: 20_000 });
  const reads = nodes.filter(
    ({ node }) => node['Relation Name'] === 'batch_items' && node['Node Type'].endsWith(' Scan'),
  );
  expect(reads.length).toBeGreaterThan(6);
  // A bitmap's condition stands in the scan of the index below it. The batch alone would be all of its items.
  const whole = reads.filter(
    ({ node }) =>
      node['Node Type'] === 'Seq Scan' ||
      (node['Node Type'].startsWith('Index') && !/position|status|ended_ms|response_id/.test(node['Index Cond'] ?? '')),
  );
  expect(whole.map(describeNode)).toEqual([]);
});

it('the fence of a partition is judged and locked before anything is written', async () => {
  const nodes = await planOf(workOnItems, { items: 1 });
  const fenced = new Set(nodes.flatMap(({ text }) => (text.includes('for share') ? [text] : [])));
  expect(fenced.size).toBeGreaterThanOrEqual(5);
  const locks = nodes.filter(
    ({ node, text }) =>
      node['Parent Relationship'] === 'InitPlan' && /LockRows/.test(node['Node Type']) && fenced.has(text),
  );
  expect(new Set(locks.map(({ text }) => text))).toEqual(fenced);
});

it.each([
  ['a job', workOnJob],
  ['a request of a tool', workOnToolRequest],
  ['an experiment', workOnExperiment],
  ['an audit', workOnAudit],
])('whatever is done for %s finds its rows by an index', async (_, work) => {
  // With few rows PostgreSQL reads a table as a whole; without that, only a table that has no index for the statement.
  const nodes = await planOf(work, { items: 1, setting: 'set enable_seqscan = off' });
  expect(nodes.filter(({ node }) => node['Node Type'] === 'Seq Scan').map(describeNode)).toEqual([]);
});
