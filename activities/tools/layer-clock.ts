/** How much time a layer of a tool request has, and the sentences for its end. */
import type { ReasonType } from '../../workflows/contract/failures.ts';
import type { ToolLimits } from '../../workflows/contract/tools/limits.ts';
import { inTenths } from '../../workflows/contract/tools/tenths.ts';
import type { ToolCut } from '../../workflows/contract/tools/tool-request.ts';
import type { ToolRequestRow } from '../../store/tools/tool-request-row.ts';

/** The layers that ask a model. */
export type AskingLayer = 'tool' | 'expert';

export interface LayerClock {
  readonly layer: AskingLayer;
  /** When the layer's time began, in milliseconds since the epoch. */
  readonly began: number;
  /** When the request was accepted. */
  readonly accepted: number;
  /** When its call must be stopped, so that the layer ends within its limit; infinite without one. */
  readonly until: number;
  /** The layer that sets `until`: the request, where that ends first. */
  readonly endedBy: AskingLayer | 'request';
  readonly limits: ToolLimits;
}

export function layerClock(request: ToolRequestRow, layer: AskingLayer, now: number): LayerClock {
  const { limits } = request;
  const began = Date.parse(request.startedAt ?? new Date(now).toISOString());
  const layerSeconds = layer === 'tool' ? limits.toolSeconds : limits.expertSeconds;
  const layerEnd = after(began, layerSeconds, limits.stopSeconds);
  const accepted = Date.parse(request.acceptedAt);
  const requestEnd = after(accepted, limits.requestSeconds, limits.cleanupSeconds + limits.stopSeconds);
  const endedBy = requestEnd < layerEnd ? 'request' : layer;
  return { layer, began, accepted, until: Math.min(layerEnd, requestEnd), endedBy, limits };
}

function after(from: number, seconds: number | null, reserved: number): number {
  return seconds === null ? Number.POSITIVE_INFINITY : from + (seconds - reserved) * 1000;
}

/** What can end an attempt at the provider: one of its own limits, or that of a layer around it. */
export type AttemptLimit = 'provider' | 'stream' | 'silence' | AskingLayer | 'request';

/** What is known of the attempts of a call that a limit has ended. */
export interface Tried {
  readonly tried: string;
  /** Whether no retry was left; otherwise none fitted. */
  readonly isLast: boolean;
}

/** The end of a request by a limit: which, after how long, whether it was tried again, and what the caller can do. */
export function limitCut(clock: LayerClock, by: AttemptLimit, now: number, tried: Tried | null): ToolCut {
  const { limits, began, accepted } = clock;
  const limit = {
    provider: limits.providerSeconds,
    stream: limits.streamSeconds,
    silence: limits.streamSilenceSeconds,
    tool: limits.toolSeconds,
    expert: limits.expertSeconds,
    request: limits.requestSeconds,
  }[by];
  const seconds = inTenths((now - (by === 'request' ? accepted : began)) / 1000);
  const isAttempt = by === 'provider' || by === 'stream' || by === 'silence';
  const retries = !isAttempt || tried === null ? '' : retriesOf(clock, tried);
  return {
    layer: isAttempt ? 'provider' : by,
    type: 'time_limit',
    seconds,
    message: `${cutParts[by]} was cut off after ${seconds} s: ${limitSentence(by, limit)}${retries}`,
    advice: isAttempt ? attemptAdvice(clock, now, tried) : layerAdvice[by],
  };
}

function limitSentence(by: AttemptLimit, seconds: number | null): string {
  if (seconds === null) return `where no limit is set, an attempt ends after ${longestAttemptSeconds} s`;
  return `the limit of ${by === 'silence' ? 'silence' : 'this layer'} is ${seconds} s`;
}

function retriesOf({ layer, limits }: LayerClock, { tried, isLast }: Tried): string {
  if (isLast) return `; ${tried}`;
  const layerSeconds = layer === 'tool' ? limits.toolSeconds : limits.expertSeconds;
  return `; ${tried}, and no other attempt of ${limits.providerSeconds} s fits into the ${layerSeconds} s of the ${layer}`;
}

/** What changes that no retry fitted: the proportion of the limits, not the limit of the tool alone. */
function attemptAdvice({ layer, until, limits }: LayerClock, now: number, tried: Tried | null): string {
  const caller = 'ask again later or name a faster model';
  const { providerSeconds, toolSeconds, stopSeconds } = limits;
  if (tried === null || tried.isLast || providerSeconds === null || toolSeconds === null) {
    return `${caller}; the operator can raise LODESTONE_TOOL_SECONDS`;
  }
  const reserved = stopSeconds + firstBackoffSeconds;
  const least = Math.ceil(2 * providerSeconds + reserved + stopSeconds);
  const most = Math.floor(((until - now) / 1000 + providerSeconds - reserved) / 2);
  const raised = layer === 'tool' && least > toolSeconds ? least : Math.ceil(toolSeconds * 2);
  const longer = `sets LODESTONE_TOOL_SECONDS to ${raised} or more and keeps LODESTONE_TOOL_PROVIDER_SECONDS=${providerSeconds}`;
  const shorter = `, or LODESTONE_TOOL_PROVIDER_SECONDS to ${most} or less`;
  return `${caller}; for a retry, the operator ${longer}${most >= 1 && most < providerSeconds ? shorter : ''}`;
}

export const firstBackoffSeconds = 0.5;
/** An attempt without a limit in the settings ends after this. */
export const longestAttemptSeconds = 840;

const attemptPart = 'the model did not answer in time; the call';
/** What each limit ends, as the subject of a sentence. */
const cutParts = {
  provider: attemptPart,
  stream: attemptPart,
  silence: 'the model sent nothing more; the call',
  tool: "the tool's own turn",
  expert: 'the expert call',
  request: 'the request',
} as const;

/** What the caller can do about the limit of a layer. */
const layerAdvice = {
  tool: 'ask for less in one call, name a faster model, or have the operator raise LODESTONE_TOOL_SECONDS',
  expert: 'use the findings that are here, or send the last step again with fewer findings or a faster expert_model',
  request: 'ask for less in one call, or call again when fewer requests wait',
} as const;

/** The end of a request by a failure that no retry can mend in time. */
export function failureCut(layer: AskingLayer, began: number, type: ReasonType, message: string, now: number): ToolCut {
  return { layer, type, seconds: inTenths((now - began) / 1000), message, advice: adviceFor(type) };
}

const operatorMends = "the operator must mend the provider's key or account: do not repeat the call";
const cannotSucceed = 'the call cannot succeed as it is: change the model or the input';

const failureAdvice: Readonly<Partial<Record<ReasonType, string>>> = {
  provider_authentication: operatorMends,
  provider_quota: operatorMends,
  provider_request: cannotSucceed,
  step_definition: cannotSucceed,
  model_refusal: 'ask differently, or name another model',
  model_answer: 'ask for a shorter answer, or name another model',
  provider_rate_limit: 'call again in a minute, or name another model',
};

function adviceFor(type: ReasonType): string {
  return failureAdvice[type] ?? 'call again; if it stays so, name another model or tell the operator';
}
