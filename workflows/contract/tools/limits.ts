/**
 * The limits of a tool request, in layers: an attempt at the provider < the tool's own turn < the expert call < the request.
 * Tool and expert count from when a worker begins the request, the request from when it is accepted. Safe in the workflow
 * sandbox.
 */
import { inTenths } from './tenths.ts';

/** The layers, from the inside out. Null seconds: this layer has no limit. */
export interface ToolLimits {
  /** One attempt at the provider, where the answer comes in one piece. */
  readonly providerSeconds: number | null;
  /** The longest time without an event of a streamed answer. */
  readonly streamSilenceSeconds: number | null;
  /** One attempt at the provider, where the answer is streamed. */
  readonly streamSeconds: number | null;
  /** The tool's own turn with all its attempts. */
  readonly toolSeconds: number | null;
  /** The expert call with all its attempts. */
  readonly expertSeconds: number | null;
  /** Everything, with the wait for a worker and the clean-up. */
  readonly requestSeconds: number | null;
  /** The longest wait for a worker. */
  readonly queueSeconds: number | null;
  /** Kept at the end of the request, to stop what still runs and to answer with what there is. */
  readonly cleanupSeconds: number;
  /** Kept at the end of tool and expert, to stop their call at the provider. */
  readonly stopSeconds: number;
  /** Attempts at the provider in a layer: the first and its retries. */
  readonly attempts: number;
  /** After this long without a heartbeat a worker counts as dead. */
  readonly heartbeatSeconds: number;
}

/** The layer that ended a request, or a part of it. */
export const toolLayers = ['queue', 'provider', 'tool', 'expert', 'request'] as const;
export type ToolLayer = (typeof toolLayers)[number];

const defaultToolSeconds = 45;

/** What an operator may set; the rest follows from the tool's own limit, in the same proportion as by default. */
export interface ToolLimitChoices {
  /** 0 switches the caps of all layers off. */
  readonly toolSeconds?: number | undefined;
  readonly providerSeconds?: number | undefined;
  readonly streamSilenceSeconds?: number | undefined;
  readonly streamSeconds?: number | undefined;
  readonly expertSeconds?: number | undefined;
  readonly requestSeconds?: number | undefined;
  readonly queueSeconds?: number | undefined;
  /** `toolSeconds` of single tools. */
  readonly perTool?: Readonly<Record<string, number>> | undefined;
}

/** Attempts beside those at the provider: for a store that is away. */
export const storeRetries = 16;

const fixed = { cleanupSeconds: 2.5, stopSeconds: 1.5, attempts: 4, heartbeatSeconds: 5 } as const;

/** The limits in force for a tool. */
export function toolLimits(choices: ToolLimitChoices, tool: string): ToolLimits {
  const toolSeconds = choices.perTool?.[tool] ?? choices.toolSeconds ?? defaultToolSeconds;
  if (toolSeconds === 0) {
    const { providerSeconds = null, streamSilenceSeconds = null, streamSeconds = null } = choices;
    const none = { toolSeconds: null, expertSeconds: null, requestSeconds: null, queueSeconds: null };
    return { ...fixed, ...none, providerSeconds, streamSilenceSeconds, streamSeconds };
  }
  const providerSeconds = choices.providerSeconds ?? inTenths((toolSeconds * 2) / 3);
  const streamSeconds = choices.streamSeconds ?? providerSeconds;
  const requestSeconds = choices.requestSeconds ?? inTenths(toolSeconds * 1.5);
  return {
    ...fixed,
    toolSeconds,
    providerSeconds,
    streamSeconds,
    streamSilenceSeconds: choices.streamSilenceSeconds ?? streamSeconds,
    expertSeconds: choices.expertSeconds ?? inTenths((toolSeconds * 4) / 3),
    requestSeconds,
    queueSeconds: choices.queueSeconds ?? inTenths(requestSeconds - toolSeconds - fixed.cleanupSeconds),
  };
}

/** All contradictions within the limits of a tool, one sentence each; empty when there are none. */
export function toolLimitProblems(limits: ToolLimits): string[] {
  const { providerSeconds, streamSilenceSeconds, streamSeconds, toolSeconds, expertSeconds, requestSeconds } = limits;
  const { queueSeconds, cleanupSeconds, heartbeatSeconds } = limits;
  const named = { providerSeconds, streamSilenceSeconds, streamSeconds, toolSeconds, expertSeconds, requestSeconds };
  const small = Object.entries(named).flatMap(([name, seconds]) =>
    seconds !== null && seconds < 1 ? [`${name} ${seconds} is below 1 s`] : [],
  );
  return [
    ...small,
    ...notBelow('providerSeconds', providerSeconds, 'toolSeconds', toolSeconds),
    ...notBelow('streamSeconds', streamSeconds, 'toolSeconds', toolSeconds),
    ...notBelow('streamSilenceSeconds', streamSilenceSeconds, 'toolSeconds', toolSeconds),
    ...(isAbove(streamSilenceSeconds, streamSeconds)
      ? [`streamSilenceSeconds ${streamSilenceSeconds} is above streamSeconds ${streamSeconds}: it would never fire`]
      : []),
    ...notBelow('toolSeconds', toolSeconds, 'expertSeconds', expertSeconds),
    ...notBelow('expertSeconds', expertSeconds, 'requestSeconds', requestSeconds),
    ...notBelow('heartbeatSeconds', heartbeatSeconds, 'providerSeconds', providerSeconds),
    ...tooMuch({ expertSeconds, cleanupSeconds }, requestSeconds),
    ...tooMuch({ queueSeconds, toolSeconds, cleanupSeconds }, requestSeconds),
    ...(queueSeconds !== null && queueSeconds < 1 ? [`queueSeconds ${queueSeconds} is below 1 s`] : []),
  ];
}

function isAbove(inner: number | null, outer: number | null): boolean {
  return inner !== null && outer !== null && inner > outer;
}

function notBelow(innerName: string, inner: number | null, outerName: string, outer: number | null): string[] {
  if (inner === null || outer === null || inner < outer) return [];
  return [`${innerName} ${inner} is not below ${outerName} ${outer}: the outer limit would cut it off`];
}

/** A sum of what a request may need, against its limit. */
function tooMuch(parts: Readonly<Record<string, number | null>>, requestSeconds: number | null): string[] {
  const seconds = Object.values(parts);
  const sum = inTenths(seconds.reduce<number>((total, part) => total + (part ?? 0), 0));
  if (requestSeconds === null || sum <= requestSeconds) return [];
  return [`${Object.keys(parts).join(' + ')} is ${sum}, above requestSeconds ${requestSeconds}`];
}

/** The problems of an operator's choices: of the limits of all tools, and of each tool that has its own. */
export function toolChoiceProblems(choices: ToolLimitChoices): string[] {
  const { perTool = {}, toolSeconds, expertSeconds, requestSeconds, queueSeconds } = choices;
  const common = toolLimitProblems(toolLimits(choices, ''));
  const own = Object.keys(perTool).flatMap((tool) =>
    toolLimitProblems(toolLimits(choices, tool)).map((problem) => `${tool}: ${problem}`),
  );
  const switchedOff =
    toolSeconds === 0 && [expertSeconds, requestSeconds, queueSeconds].some((seconds) => seconds !== undefined)
      ? ['the caps are switched off by 0, so no limit of the expert, the request or the queue may be set']
      : [];
  return [...common, ...own, ...switchedOff];
}
