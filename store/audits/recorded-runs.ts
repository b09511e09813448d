/** What audits count of the runs of all tenants, by indexes and in ranges of bounded size. */
import { sql, type SelectQueryBuilder } from 'kysely';
import { z } from 'zod';
import { timeoutReasons, type TimeoutReason } from '../../workflows/contract/runs/limit-share.ts';
import { runKinds, type RunKind } from '../../workflows/contract/runs/run.ts';
import type { Database, Tables } from '../database/database.ts';
import { rowsOfRange, timeRanges } from './ranges.ts';

/** The runs of a kind of work that have used 80, 90 and 100 % of their limit. A run is counted with all that it has reached. */
export interface NearLimit {
  readonly reached80: number;
  readonly reached90: number;
  readonly reached100: number;
  readonly timeouts: Readonly<Record<TimeoutReason, number>>;
}

export interface RecordedWork extends NearLimit {
  readonly kind: RunKind;
  /** The kind of step, the tool, `item` or `experiment`. */
  readonly work: string;
  readonly runs: number;
}

interface Work {
  readonly kind: RunKind;
  readonly work: string;
}

const KindSchema = z.enum(runKinds);
const TimeoutSchema = z.enum(timeoutReasons);
/** A literal, not a parameter: only then is the partial index of these runs used. */
const isNearLimit = sql<boolean>`limit_permille >= 800`;
const noneNear: NearLimit = {
  reached80: 0,
  reached90: 0,
  reached100: 0,
  timeouts: {
    timeout_start_to_close: 0,
    timeout_heartbeat: 0,
    timeout_schedule_to_close: 0,
    timeout_schedule_to_start: 0,
  },
};

/** All kinds of work with runs that ended since then. */
export async function recordedWorks(database: Database, since: number): Promise<readonly RecordedWork[]> {
  const near = await nearLimits(database, since);
  const counted: RecordedWork[] = [];
  for (const work of await works(database)) {
    const runs = await countRuns(database, { ...work, since });
    if (runs > 0) counted.push({ ...work, runs, ...(near.get(nameOf(work)) ?? noneNear) });
  }
  return counted;
}

/** Steps over the index from one kind of work to the next, however many runs each has. */
async function works(database: Database): Promise<readonly Work[]> {
  const found: Work[] = [];
  for (const kind of runKinds) {
    let after = '';
    for (;;) {
      const row = await database
        .selectFrom('runs')
        .select('work')
        .where('kind', '=', kind)
        .where('work', '>', after)
        .orderBy('work')
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) break;
      found.push({ kind, work: row.work });
      after = row.work;
    }
  }
  return found;
}

export function countRuns(
  database: Database,
  { kind, work, since }: Work & { readonly since: number },
): Promise<number> {
  const ofWork = database.selectFrom('runs').where('kind', '=', kind).where('work', '=', work);
  return countInRanges(ofWork, since);
}

/** The runs of a kind of step of one lead magnet. */
export function countRunsOfLeadMagnet(
  database: Database,
  {
    tenant,
    slug,
    work,
    since,
  }: { readonly tenant: string; readonly slug: string; readonly work: string; readonly since: number },
): Promise<number> {
  const ofLeadMagnet = database
    .selectFrom('runs')
    .where('tenant', '=', tenant)
    .where('lead_magnet', '=', slug)
    .where('work', '=', work);
  return countInRanges(ofLeadMagnet, since);
}

type Runs = SelectQueryBuilder<Tables, 'runs', object>;

async function countInRanges(runs: Runs, since: number): Promise<number> {
  let total = 0;
  for await (const { from, to } of timeRanges(since, (from) => startAfter(runs, from))) {
    const inRange = runs
      .where('ended_ms', '>=', from)
      .$if(to !== null, (query) => query.where('ended_ms', '<', to ?? 0));
    const { count } = await inRange.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
    total += count;
  }
  return total;
}

async function startAfter(runs: Runs, from: number): Promise<number | undefined> {
  const row = await runs
    .select('ended_ms')
    .where('ended_ms', '>=', from)
    .orderBy('ended_ms')
    .offset(rowsOfRange)
    .limit(1)
    .executeTakeFirst();
  return row?.ended_ms;
}

async function nearLimits(database: Database, since: number): Promise<ReadonlyMap<string, NearLimit>> {
  const near = database.selectFrom('runs').where(isNearLimit);
  const found = new Map<string, NearLimit>();
  for await (const { from, to } of timeRanges(since, (from) => startAfter(near, from))) {
    const rows = await near
      .where('ended_ms', '>=', from)
      .$if(to !== null, (query) => query.where('ended_ms', '<', to ?? 0))
      .select(({ fn }) => [
        'kind',
        'work',
        'reason',
        fn.countAll<number>().as('reached80'),
        fn.sum<number>(sql`case when limit_permille >= 900 then 1 else 0 end`).as('reached90'),
        fn.sum<number>(sql`case when limit_permille >= 1000 then 1 else 0 end`).as('reached100'),
      ])
      .groupBy(['kind', 'work', 'reason'])
      .execute();
    for (const row of rows) {
      const name = nameOf({ kind: KindSchema.parse(row.kind), work: row.work });
      found.set(name, plus(found.get(name) ?? noneNear, row));
    }
  }
  return found;
}

interface NearRow {
  readonly reason: string | null;
  readonly reached80: number;
  readonly reached90: number;
  readonly reached100: number;
}

function plus(sum: NearLimit, { reason, reached80, reached90, reached100 }: NearRow): NearLimit {
  const timeout = TimeoutSchema.safeParse(reason).data;
  return {
    reached80: sum.reached80 + reached80,
    reached90: sum.reached90 + reached90,
    reached100: sum.reached100 + reached100,
    timeouts: timeout === undefined ? sum.timeouts : { ...sum.timeouts, [timeout]: sum.timeouts[timeout] + reached80 },
  };
}

function nameOf({ kind, work }: Work): string {
  return `${kind}/${work}`;
}

/** Of the runs that tell it. */
export interface ColdStarts {
  readonly cold: number;
  readonly warm: number;
}

/** The newest runs say what is so now. */
const newestRuns = 1_000;

export async function coldStarts(database: Database, work: string, since: number): Promise<ColdStarts> {
  const chosen = database
    .selectFrom('runs')
    .select('cold_start')
    .where('kind', '=', 'step')
    .where('work', '=', work)
    .where('ended_ms', '>=', since)
    .orderBy('ended_ms', 'desc')
    .limit(newestRuns)
    .as('chosen');
  const rows = await database
    .selectFrom(chosen)
    .select(({ fn }) => ['cold_start', fn.countAll<number>().as('count')])
    .groupBy('cold_start')
    .execute();
  const of = (value: number): number => rows.find(({ cold_start: known }) => known === value)?.count ?? 0;
  return { cold: of(1), warm: of(0) };
}
