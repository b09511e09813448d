/**
 * Measures reports over many runs: `npm run bench:runs -- [--runs 10000000] [--days 90]`. Rows are generated into a new SQLite file,
 * rolled up as a worker does it, and reported as the API does it, with the longest time that each kept the event loop.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { analysisOf, recommendationsOf } from '../client/api/insights/insights.ts';
import { openDatabase, type Database } from '../store/database/database.ts';
import { createRunReports } from '../store/runs/run-reports.ts';
import { createRunUpkeep } from '../store/runs/run-rollups.ts';
import { defaultLimitSettings } from '../workflows/contract/insights/recommend-limits.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10000000' }, days: { type: 'string', default: '90' } },
});
const runs = Number(values.runs);
const days = Number(values.days);
const dayMs = 86_400_000;
const now = new Date();
const atOnce = 500_000;

const folder = await mkdtemp(join(tmpdir(), 'lodestone-runs-'));
const file = join(folder, 'lodestone.db');
const database = await openDatabase({ file });
try {
  await timed(`insert of ${runs} rows`, () => insert(database));
  const request = { now, until: new Date(now.getTime() + dayMs), signal: new AbortController().signal };
  await timed('rollups of all hours', () => createRunUpkeep(database).rollUp(request));
  for (const reported of [1 / 24, 1, 7, days])
    await timed(`report over ${reported.toFixed(2)} days`, () => report(reported));
  const old = { days: days - 1, now };
  await timed('removal of 2000 old rows', () => createRunUpkeep(database).removeOld(old));
  process.stdout.write(`the file has ${((await stat(file)).size / 2 ** 30).toFixed(2)} GiB\n`);
} finally {
  await database.destroy();
  await rm(folder, { recursive: true });
}

async function report(reportedDays: number): Promise<string> {
  const window = { fromMs: now.getTime() - reportedDays * dayMs, toMs: now.getTime() };
  const { summaries, source } = await createRunReports(database).report(window);
  const { total } = await analysisOf({ summaries, by: 'kind' });
  await recommendationsOf({ summaries, current: {}, settings: defaultLimitSettings });
  return `${total.runs} runs from ${source}, ${summaries.length} groups, p95 ${(total.durationMs.p95 / 1000).toFixed(1)} s`;
}

/** Tells how long it took, and the longest time that other work had to wait for it. */
async function timed(what: string, work: () => Promise<string | number | void>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  const result = await work();
  const took = performance.now() - began;
  delay.disable();
  const told = result === undefined ? '' : ` (${result})`;
  process.stdout.write(
    `${what}: ${(took / 1000).toFixed(2)} s, longest wait ${(delay.max / 1e6).toFixed(0)} ms${told}\n`,
  );
}

/** Made by the database: 8 lead magnets of 3 steps and 4 models; durations are spread over three orders of magnitude. */
async function insert(into: Database): Promise<void> {
  const first = now.getTime() - days * dayMs;
  for (let from = 0; from < runs; from += atOnce) {
    const to = Math.min(runs, from + atOnce) - 1;
    await sql`insert into runs (key, tenant, kind, work, owner_id, part_id, lead_magnet, model, outcome, reason, status_code,
        attempt_seconds, total_seconds, heartbeat_seconds, attempts_allowed, limits_version, queued_ms, ended_ms, duration_ms,
        is_measured, queue_ms, retry_ms, person_ms, model_ms, tool_ms, browser_ms, sandbox_ms, render_ms, store_ms, other_ms,
        turns, input_tokens, output_tokens, cost_microusd, memory_peak_bytes, memory_mean_bytes, cold_start, longest_repeat,
        attempts)
      with recursive numbers(n) as (select ${from} union all select n + 1 from numbers where n < ${to}),
      drawn as (select n, ${first} + cast(n * ${(days * dayMs) / runs} as integer) as ended,
        cast(500 * exp(abs(random() % 1000000) / 1000000.0 * 6) as integer) as took, abs(random() % 100) as luck from numbers)
      select 'step.' || n, 'default', 'step', case n % 3 when 0 then 'ai' when 1 then 'webhook' else 'computer_use' end,
        'job-' || (n / 3), 'step-' || (n % 3), 'magnet-' || (n / 3 % 8), 'model-' || (n / 24 % 4),
        case when luck < 5 then 'failed' else 'succeeded' end, case when luck < 5 then 'provider_request' end,
        case when luck < 2 then 404 end, 900, 21600, 15, 8, 0, ended - took, ended, took, 1, took / 20, 0, 0, took - took / 20,
        0, 0, 0, 0, 0, 0, 1, 1000, 200, took / 10, 100000000 + luck * 1000000, 90000000, luck % 2, null, 1 from drawn`.execute(
      into,
    );
  }
}
