/** Calls every tool of the catalogue once, some at the same time, and records how each ended and after how long. */
import { randomBytes } from 'node:crypto';
import pLimit from 'p-limit';
import { z } from 'zod';
import { tools } from '../../../../workflows/contract/tools/catalogue.ts';
import type { SampleFacts, Tool } from '../../../../workflows/contract/tools/tool.ts';
import type { ToolRequestView } from '../../../../workflows/contract/tools/tool-view.ts';
import { answerOf, type Api } from '../../api/client.ts';
import { followCall } from '../tool-stream.ts';
import type { SmokeRow } from './smoke-verdict.ts';

export interface SmokeRun {
  /** Tools that are called at the same time. */
  readonly atOnce: number;
  readonly onEnd?: (row: SmokeRow) => void;
  /** The longest wait for one tool. */
  readonly waitSeconds?: number;
}

/** Above every limit that counts as passed, so that a request that never ends is seen to be one. */
const longestWaitSeconds = 90;

/** Throws when the API cannot be reached at all. */
export async function runSmoke(
  api: Api,
  { atOnce, onEnd = () => undefined, waitSeconds = longestWaitSeconds }: SmokeRun,
): Promise<readonly SmokeRow[]> {
  await answerOf(api.GET('/v1/tools'));
  const model = await defaultModel(api, waitSeconds);
  const facts = { model, mark: randomBytes(4).toString('hex') };
  const limit = pLimit(atOnce);
  const call = async (tool: Tool): Promise<SmokeRow> => {
    const row = await smokeTool(api, tool, facts, waitSeconds);
    onEnd(row);
    return row;
  };
  return Promise.all(tools.map((tool) => limit(call, tool)));
}

const ModelsSchema = z.object({ models: z.object({ default: z.string() }) });

/** The model that samples name. Without an answer any name will do: the row of `list_models` tells what is wrong. */
async function defaultModel(api: Api, waitSeconds: number): Promise<string> {
  const asked = { name: 'list_models', input: {}, idempotencyKey: undefined, onProgress: () => undefined };
  const signal = AbortSignal.timeout(waitSeconds * 1000);
  const answer = await followCall(api, { ...asked, signal }).catch(() => null);
  return ModelsSchema.safeParse(answer?.result).data?.models.default ?? 'default';
}

async function smokeTool(api: Api, tool: Tool, facts: SampleFacts, waitSeconds: number): Promise<SmokeRow> {
  const began = performance.now();
  try {
    const request = await followCall(api, {
      name: tool.name,
      input: tool.sample(facts),
      idempotencyKey: undefined,
      onProgress: () => undefined,
      signal: AbortSignal.timeout(waitSeconds * 1000),
    });
    return rowOf(request, secondsSince(began));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const requestSeconds = secondsSince(began);
    return { tool: tool.name, toolSeconds: null, requestSeconds, outcome: null, layer: null, message };
  }
}

function rowOf({ tool, outcome, cut, startedAt, endedAt }: ToolRequestView, requestSeconds: number): SmokeRow {
  const toolSeconds =
    startedAt === null || endedAt === null ? null : rounded((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return { tool, toolSeconds, requestSeconds, outcome, layer: cut?.layer ?? null, message: cut?.message ?? '' };
}

function secondsSince(began: number): number {
  return rounded((performance.now() - began) / 1000);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
