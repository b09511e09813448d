/** Calls every tool of the catalogue once, some at the same time, and records how each ended and after how long. */
import { randomBytes } from 'node:crypto';
import pLimit from 'p-limit';
import { z } from 'zod';
import { tools } from '../../../../workflows/contract/tools/catalogue.ts';
import type { JsonObject } from '../../../../workflows/contract/json/json.ts';
import type { Tool } from '../../../../workflows/contract/tools/tool.ts';
import type { ToolRequestView } from '../../../../workflows/contract/tools/tool-view.ts';
import { answerOf, type Api } from '../../api/client.ts';
import { followCall } from '../tool-stream.ts';
import type { SmokeRow } from './smoke-verdict.ts';

export interface SmokeRun {
  /** Tools that are called at the same time. */
  readonly atOnce: number;
  /** Asked by every tool that asks a model, its expert too; the configured ones when left out. */
  readonly model?: string;
  readonly onEnd?: (row: SmokeRow) => void;
  /** The longest wait for one tool. */
  readonly waitSeconds?: number;
}

/** Above every limit that counts as passed, so that a request that never ends is seen to be one. */
const longestWaitSeconds = 90;

/** Throws when the API cannot be reached at all. */
export async function runSmoke(
  api: Api,
  { atOnce, model: named, onEnd = () => undefined, waitSeconds = longestWaitSeconds }: SmokeRun,
): Promise<readonly SmokeRow[]> {
  await answerOf(api.GET('/v1/tools'));
  const model = named ?? (await defaultModel(api, waitSeconds));
  const facts = { model, mark: randomBytes(4).toString('hex') };
  const limit = pLimit(atOnce);
  const call = async (tool: Tool): Promise<SmokeRow> => {
    const input = { ...tool.sample(facts), ...(named === undefined ? {} : modelFields(tool, named)) };
    const row = await smokeTool(api, tool.name, input, waitSeconds);
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

/** The fields of a tool's input that name a model. */
function modelFields({ input }: Tool, model: string): JsonObject {
  const fields = ['model', 'expert_model'].filter((field) => field in input.shape);
  return Object.fromEntries(fields.map((field) => [field, model]));
}

async function smokeTool(api: Api, tool: string, input: JsonObject, waitSeconds: number): Promise<SmokeRow> {
  const began = performance.now();
  try {
    const request = await followCall(api, {
      name: tool,
      input,
      idempotencyKey: undefined,
      onProgress: () => undefined,
      signal: AbortSignal.timeout(waitSeconds * 1000),
    });
    return rowOf(request, secondsSince(began));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const requestSeconds = secondsSince(began);
    const nothing = { toolSeconds: null, outcome: null, layer: null, hasAnswer: false, model: null };
    return { ...nothing, tool, requestSeconds, message };
  }
}

const ResultSchema = z.object({
  answer: z.string().nullish(),
  answered_by: z.object({ model: z.string() }).nullish(),
  views: z.array(z.object({ answer: z.string().nullable() })).nullish(),
  models: z.unknown().optional(),
  state: z.unknown().optional(),
});

function rowOf(request: ToolRequestView, requestSeconds: number): SmokeRow {
  const { tool, outcome, cut, startedAt, endedAt } = request;
  const { answer, views, models, state, answered_by: by } = ResultSchema.safeParse(request.result).data ?? {};
  const hasAnswer = (answer ?? models ?? state ?? views?.find((view) => view.answer !== null) ?? null) !== null;
  const toolSeconds =
    startedAt === null || endedAt === null ? null : rounded((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return {
    tool,
    toolSeconds,
    requestSeconds,
    outcome,
    layer: cut?.layer ?? null,
    message: cut?.message ?? '',
    hasAnswer,
    model: by?.model ?? null,
  };
}

function secondsSince(began: number): number {
  return rounded((performance.now() - began) / 1000);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 100) / 100;
}
