/** The whole table of limits in force, for all kinds of work, with where each value came from. For people and programs. */
import { defaultBatchLimits } from '../batches/limits.ts';
import { defaultExperimentLimits } from '../experiments/limits.ts';
import type { LeadMagnet } from '../lead-magnets/lead-magnet.ts';
import { defaultJobSeconds, defaultLimits, effectiveLimits, limitProblems } from './limits.ts';
import { toolChoiceProblems, toolLimits, type ToolLimitChoices, type ToolLimits } from '../tools/limits.ts';
import { toolSettingNames } from '../tools/settings.ts';

export const limitSources = ['default', 'setting', 'lead magnet'] as const;
export type LimitSource = (typeof limitSources)[number];

export interface LimitRow {
  /** The kind of work, or the step of a lead magnet: `ai`, `step audit`, `tool debug`. */
  readonly work: string;
  readonly limit: string;
  /** Null: there is no limit. */
  readonly value: number | string | boolean | null;
  readonly source: LimitSource;
  /** The variable that it came from. */
  readonly setting?: string;
}

export interface LimitsRequest {
  readonly tools: ToolLimitChoices;
  /** A definition whose own limits are shown as well. */
  readonly leadMagnet?: LeadMagnet;
}

export function limitRows({ tools, leadMagnet }: LimitsRequest): readonly LimitRow[] {
  const kinds = Object.entries(defaultLimits).flatMap(([kind, limits]) =>
    rows(kind, limits, () => ({ source: 'default' })),
  );
  const batches = rows('batch (whole)', defaultBatchLimits, () => ({ source: 'default' }));
  return [
    ...kinds,
    { work: 'job', limit: 'seconds', value: defaultJobSeconds, source: 'default' },
    ...batches,
    ...rows('experiment', defaultExperimentLimits, () => ({ source: 'default' })),
    ...toolRows(tools, null),
    ...Object.keys(tools.perTool ?? {}).flatMap((tool) => toolRows(tools, tool)),
    ...(leadMagnet === undefined ? [] : definitionRows(leadMagnet)),
  ];
}

type Origin = Pick<LimitRow, 'source' | 'setting'>;

function rows(work: string, limits: object, originOf: (limit: string) => Origin): LimitRow[] {
  return Object.entries(limits).map(([limit, value]: [string, LimitRow['value']]) => ({
    work,
    limit,
    value,
    ...originOf(limit),
  }));
}

/** Of all tools together for null, or of one that has its own. */
function toolRows(choices: ToolLimitChoices, tool: string | null): LimitRow[] {
  const whole = tool === null ? 'toolSeconds' : 'perTool';
  return rows(tool === null ? 'tools' : `tool ${tool}`, toolLimits(choices, tool ?? ''), (limit) => {
    if (isFixed(limit)) return { source: 'default' };
    const own = choiceNames.find((name) => name === limit && name !== 'toolSeconds' && choices[name] !== undefined);
    const chosen = own ?? (choices[whole] === undefined ? undefined : whole);
    return chosen === undefined ? { source: 'default' } : { source: 'setting', setting: toolSettingNames[chosen] };
  });
}

const choiceNames = [
  'providerSeconds',
  'streamSilenceSeconds',
  'streamSeconds',
  'toolSeconds',
  'expertSeconds',
  'requestSeconds',
  'queueSeconds',
] as const satisfies readonly (keyof ToolLimits)[];

/** What no setting changes. */
function isFixed(limit: string): boolean {
  return !choiceNames.some((name) => name === limit);
}

function definitionRows({ slug, totalSeconds, steps }: LeadMagnet): LimitRow[] {
  const source = totalSeconds === defaultJobSeconds ? 'default' : 'lead magnet';
  const job: LimitRow = { work: `job of ${slug}`, limit: 'seconds', value: totalSeconds, source };
  const ofSteps = steps.flatMap((step) => {
    const budget = step.kind === 'computer_use' ? step.budget.seconds : undefined;
    const own = new Set(Object.keys(step.limits ?? {}));
    return rows(`step ${step.id}`, effectiveLimits(step.kind, step.limits, budget), (limit) => ({
      source: own.has(limit) ? 'lead magnet' : 'default',
    }));
  });
  return [job, ...ofSteps];
}

/** Every contradiction within the table, one sentence each. */
export function limitTableProblems({ tools, leadMagnet }: LimitsRequest): readonly string[] {
  const kinds = Object.entries(defaultLimits).flatMap(([kind, limits]) =>
    limitProblems(limits).map((problem) => `${kind}: ${problem}`),
  );
  const steps = (leadMagnet?.steps ?? []).flatMap((step) => {
    const budget = step.kind === 'computer_use' ? step.budget.seconds : undefined;
    return limitProblems(effectiveLimits(step.kind, step.limits, budget), budget).map(
      (problem) => `step ${step.id}: ${problem}`,
    );
  });
  return [...kinds, ...toolChoiceProblems(tools).map((problem) => `tools: ${problem}`), ...steps];
}
