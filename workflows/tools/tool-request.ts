/**
 * The workflow of one request of an expert tool: the tool's own turn, then the expert call where there is one. A timer keeps
 * the request's limit: it stops what runs, and the request ends with what there is.
 */
import {
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  sleep,
  TemporalFailure,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import { localActivityOptions, toolActivityOptions } from '../activity-options.ts';
import { inTenths } from '../contract/tools/tenths.ts';
import type { ToolLimits } from '../contract/tools/limits.ts';
import type {
  ToolActivities,
  ToolCut,
  ToolRecordActivities,
  ToolRequestEnd,
  ToolRequestInput,
} from '../contract/tools/tool-request.ts';
import { reasonOf } from '../failure-reason.ts';

export async function toolRequest(input: ToolRequestInput): Promise<ToolRequestEnd> {
  const { requestId, tenant, limits } = input;
  const facts: CutFacts = { limits, isTimeUp: false, layer: 'tool' };
  try {
    const ended = await withinRequest(limits, () => runLayers(input, facts), facts);
    setCurrentDetails(ended.outcome);
    return ended;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const cut = cutOf(error, facts);
    setCurrentDetails(`${cut.layer}: ${cut.message}`);
    const records = proxyLocalActivities<ToolRecordActivities>(localActivityOptions('record'));
    return CancellationScope.nonCancellable(() => records.endToolRequest({ requestId, tenant, cut }));
  }
}

/** What is known when a request is cut off. */
interface CutFacts {
  readonly limits: ToolLimits;
  isTimeUp: boolean;
  layer: 'tool' | 'expert';
}

async function runLayers(
  { requestId, tenant, tool, limits, queue }: ToolRequestInput,
  facts: CutFacts,
): Promise<ToolRequestEnd> {
  const asked = { requestId, tenant };
  setCurrentDetails('turn');
  const turn = await proxyActivities<ToolActivities>(
    toolActivityOptions({ limits, layer: 'tool', queue, summary: tool, retriesItself: tool === 'consensus' }),
  ).runToolTurn(asked);
  if (turn.next === 'end') return { outcome: turn.outcome };
  facts.layer = 'expert';
  setCurrentDetails('expert');
  return proxyActivities<ToolActivities>(
    toolActivityOptions({ limits, layer: 'expert', queue, summary: `${tool}: expert` }),
  ).runToolExpert(asked);
}

/** Cancels the work when the request's time, without what the clean-up needs, is up. */
async function withinRequest(
  { requestSeconds, cleanupSeconds }: ToolLimits,
  work: () => Promise<ToolRequestEnd>,
  facts: CutFacts,
): Promise<ToolRequestEnd> {
  if (requestSeconds === null) return work();
  const left = requestSeconds - cleanupSeconds - secondsSinceStart();
  const scope = new CancellationScope();
  const timer = new CancellationScope();
  const running = scope.run(work);
  const ringing = timer.run(async () => {
    await sleep(Math.max(1, left * 1000));
    facts.isTimeUp = true;
    scope.cancel();
  });
  ringing.catch(() => undefined);
  try {
    return await running;
  } finally {
    timer.cancel();
  }
}

function secondsSinceStart(): number {
  return (Date.now() - workflowInfo().startTime.getTime()) / 1000;
}

/** Why the request ended without its layers' own word. */
function cutOf(error: TemporalFailure, { limits, isTimeUp, layer }: CutFacts): ToolCut {
  const seconds = inTenths(secondsSinceStart());
  if (isTimeUp) {
    return {
      layer: 'request',
      type: 'time_limit',
      seconds,
      message: `the request was cut off after ${seconds} s: its limit is ${limits.requestSeconds} s`,
      advice: 'ask for less in one call, or call again when fewer requests wait',
    };
  }
  if (isCancellation(error)) {
    return { layer: 'request', type: 'cancelled', seconds, message: 'the request was cancelled', advice: 'call again' };
  }
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const reason = reasonOf(error);
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
    return {
      layer: 'queue',
      type: reason.type,
      seconds,
      message: `the request waited ${seconds} s for a worker: after that it could not keep its limit of ${limits.requestSeconds} s`,
      advice: 'call again when fewer requests wait; the operator can run more workers',
    };
  }
  return { layer, type: reason.type, seconds, message: reason.message, advice: 'call again' };
}
