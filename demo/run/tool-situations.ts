/** The situations in which `npm run demo:tools` tries every tool, and how a run in each is judged. */
import { smokeProblems, type SmokeRow } from '../../client/cli/tools/smoke/smoke-verdict.ts';
import type { FaultOrder } from '../model-server/faults.ts';

export interface ToolSituation {
  readonly name: 'healthy' | 'hang' | 'rate limits' | 'truncated stream' | 'dead provider';
  /** What every model call of the run meets; null when the provider answers. */
  readonly fault: FaultOrder | null;
  /** Its port is closed during the run, so it comes last. */
  readonly isProviderDead: boolean;
}

/** More than all tools make in a run, with all retries. */
const always = 100_000;
const match = { method: 'POST', path: '/v1/responses' };

const healthy: ToolSituation = { name: 'healthy', fault: null, isProviderDead: false };

export const toolSituations: readonly ToolSituation[] = [
  healthy,
  { ...healthy, name: 'hang', fault: { kind: 'hang', when: 'before_work', times: always, match } },
  { ...healthy, name: 'rate limits', fault: { kind: 'rate_limit', retryAfterSeconds: 1, times: always, match } },
  // The response goes on at the provider, so its answer can still be fetched.
  { ...healthy, name: 'truncated stream', fault: { kind: 'truncated', times: always, match } },
  { ...healthy, name: 'dead provider', isProviderDead: true },
];

/** Below this a tool stays with a provider that answers within a second. */
const healthySeconds = 45;

/** A sentence for each row that ended too late or not at all, and in the healthy run for each that did not complete. */
export function situationProblems({ name }: ToolSituation, rows: readonly SmokeRow[]): string[] {
  const problems = smokeProblems(rows);
  if (name !== 'healthy') return problems;
  const odd = rows.flatMap(({ tool, outcome, toolSeconds, message }) => [
    ...(outcome === null || outcome === 'completed' ? [] : [`${tool} ended as ${outcome}: ${message}`]),
    ...(toolSeconds !== null && toolSeconds >= healthySeconds
      ? [`${tool} took ${toolSeconds} s, not below ${healthySeconds} s`]
      : []),
  ]);
  return [...problems, ...odd];
}
