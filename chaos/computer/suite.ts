/** The suite: one run without faults, for comparison, and then as many as the planned faults need. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './boundaries.ts';
import { orphans } from './outer-faults.ts';
import { judge, table, type ChaosReport } from './report.ts';
import { runOnce, type RunResult } from './run.ts';
import { startWorld } from './world.ts';

export interface ChaosOptions {
  readonly plan: readonly Fault[];
  /** Pages of the site; a run takes about one and a half turns for each. */
  readonly steps: number;
  readonly killsPerRun: number;
  /** The PostgreSQL database of the store; without one it is SQLite's. */
  readonly databaseUrl?: string | undefined;
  readonly progress: (line: string) => void;
}

/** How long to look for processes that were left behind: a browser whose host was killed needs a moment to notice. */
const orphanMilliseconds = 20_000;

export async function chaosComputer(
  options: ChaosOptions,
): Promise<{ readonly report: ChaosReport; readonly table: string }> {
  const { steps, killsPerRun, progress } = options;
  const world = await startWorld(steps, options.databaseUrl);
  try {
    const baseline = await runOnce(world, 'run-0', []);
    progress(`without a fault: ${baseline.outcome}, ${baseline.iterations} iterations`);
    let { plan } = options;
    const results: RunResult[] = [];
    while (plan.length > 0) {
      const name = `run-${results.length + 1}`;
      const result = await runOnce(world, name, plan.slice(0, killsPerRun));
      results.push(result);
      progress(`${name}: ${describe(result)}; ${plan.length - result.injected.length} faults left`);
      // Faults that were not injected are planned again, as early in a run as possible.
      const again = result.left.map((fault) => ({ ...fault, nth: 1 }));
      plan = [...again, ...plan.slice(killsPerRun)];
    }
    const left = await orphansLeft(world.hostsFolder);
    for (const command of left) progress(`left behind: ${command.slice(0, 200)}`);
    const report = judge(results, baseline, { spoiltTexts: world.site.spoilt.length, orphans: left.length });
    return { report, table: table(report, results) };
  } finally {
    await world.close();
  }
}

function describe({ outcome, iterations, paidCalls, repeatedEffects, recoveries }: RunResult): string {
  const faults = recoveries.map(
    ({ kind, recoveryLevel, milliseconds }) => `${kind} → ${recoveryLevel}, ${Math.round(milliseconds)} ms`,
  );
  const counts = `${iterations} iterations, ${paidCalls} paid calls, ${repeatedEffects} repeated effects`;
  return `${outcome}, ${counts} [${faults.join('; ')}]`;
}

async function orphansLeft(hostsFolder: string): Promise<readonly string[]> {
  const until = Date.now() + orphanMilliseconds;
  for (;;) {
    const left = await orphans(hostsFolder);
    if (left.length === 0 || Date.now() > until) return left;
    await delay(200);
  }
}
