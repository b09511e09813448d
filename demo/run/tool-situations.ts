/** The situations in which `npm run demo:tools` tries every tool, and how a run in each is judged. */
import { smokeProblems, type SmokeRow } from '../../client/cli/tools/smoke/smoke-verdict.ts';
import { tools } from '../../workflows/contract/tools/catalogue.ts';
import type { FaultOrder } from '../model-server/faults.ts';

export interface ToolSituation {
  readonly name:
    | 'healthy'
    | 'healthy, chat completions streamed'
    | 'healthy, chat completions in one piece'
    | 'expert hangs'
    | 'hang'
    | 'rate limits'
    | 'truncated stream'
    | 'dead provider';
  /** The model of every call; null for the configured ones. */
  readonly model: string | null;
  /** The path that every call goes to. */
  readonly path: string;
  /** What model calls of the run meet; null when the provider answers. */
  readonly fault: FaultOrder | null;
  /** From the beginning of an answer to its end. */
  readonly latencyMilliseconds: number;
  /** Its port is closed during the run, so it comes last. */
  readonly isProviderDead: boolean;
}

/** Whose expert calls have a model of their own, so that a fault can meet them alone. */
export const demoModels = {
  turn: 'gpt-5.4-mini',
  expert: 'gpt-5.4',
  streamedChat: 'glm-5.2',
  plainChat: 'kimi-k3',
} as const;

/** More than all tools make in a run, with all retries. */
const always = 100_000;
const responsesPath = '/v1/responses';
const chatPath = '/v1/chat/completions';
const match = { method: 'POST', path: responsesPath };

const healthy: ToolSituation = {
  name: 'healthy',
  model: null,
  path: responsesPath,
  fault: null,
  latencyMilliseconds: 1_000,
  isProviderDead: false,
};

/** So late begins an expert call that the limit of its layer, 60 s, comes before that of its attempt, 30 s. */
const slowTurnMilliseconds = 32_000;
/** The limit of a streamed attempt in the demo: a slow turn ends well within it, and the tool's limit is 45 s. */
export const demoStreamSeconds = 40;

export const toolSituations: readonly ToolSituation[] = [
  healthy,
  { ...healthy, name: 'healthy, chat completions streamed', path: chatPath, model: demoModels.streamedChat },
  { ...healthy, name: 'healthy, chat completions in one piece', path: chatPath, model: demoModels.plainChat },
  {
    ...healthy,
    name: 'expert hangs',
    latencyMilliseconds: slowTurnMilliseconds,
    fault: { kind: 'hang', when: 'before_work', times: always, match: { ...match, model: demoModels.expert } },
  },
  { ...healthy, name: 'hang', fault: { kind: 'hang', when: 'before_work', times: always, match } },
  { ...healthy, name: 'rate limits', fault: { kind: 'rate_limit', retryAfterSeconds: 1, times: always, match } },
  // The response goes on at the provider, so its answer can still be fetched.
  { ...healthy, name: 'truncated stream', fault: { kind: 'truncated', times: always, match } },
  { ...healthy, name: 'dead provider', isProviderDead: true },
];

/** Below this a tool stays with a provider that answers within a second. */
const healthySeconds = 45;

/** How many model calls went to each path during a run. */
export type CallsByPath = Readonly<Record<string, number>>;

/**
 * A sentence for each row that ended too late or not at all; in a healthy run for each that did not complete, or whose model was
 * another; and where the expert hangs for each that was not cut off in its layer, or has lost its findings.
 */
export function situationProblems(
  situation: ToolSituation,
  rows: readonly SmokeRow[],
  calls: CallsByPath,
): readonly string[] {
  const problems = smokeProblems(rows);
  if (situation.name === 'expert hangs') return [...problems, ...rows.flatMap(expertProblems)];
  if (!situation.name.startsWith('healthy')) return problems;
  const odd = rows.flatMap((row) => healthProblems(situation, row));
  return [...problems, ...odd, ...pathProblems(situation, calls)];
}

function healthProblems({ model: wanted }: ToolSituation, row: SmokeRow): string[] {
  const { tool, outcome, toolSeconds, message, model } = row;
  return [
    ...(outcome === null || outcome === 'completed' ? [] : [`${tool} ended as ${outcome}: ${message}`]),
    ...(toolSeconds !== null && toolSeconds >= healthySeconds
      ? [`${tool} took ${toolSeconds} s, not below ${healthySeconds} s`]
      : []),
    ...(wanted !== null && model !== null && model !== wanted
      ? [`${tool} was answered by ${model}, not ${wanted}`]
      : []),
  ];
}

function pathProblems({ path }: ToolSituation, calls: CallsByPath): string[] {
  const others = Object.keys(calls).filter((called) => called !== path);
  return [
    ...((calls[path] ?? 0) === 0 ? [`no call went to ${path}`] : []),
    ...others.map((other) => `calls went to ${other}, not to ${path}`),
  ];
}

function expertProblems({ tool, outcome, layer, hasAnswer }: SmokeRow): string[] {
  if (outcome === null) return [];
  const asksExpert = tools.find(({ name }) => name === tool)?.expertInstructions !== null;
  const [wantedOutcome, wantedLayer] = asksExpert ? ['partial', 'expert'] : ['completed', null];
  return [
    ...(outcome === wantedOutcome && layer === wantedLayer
      ? []
      : [
          `${tool} ended as ${outcome} by the layer ${layer ?? 'none'}, not as ${wantedOutcome} by ${wantedLayer ?? 'none'}`,
        ]),
    ...(hasAnswer ? [] : [`${tool} lost its findings`]),
  ];
}
