/** Takes in a request of a tool: checked before anything is started, stored, started, and waited for within its limit. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ToolRequestHead } from '../../../store/tools/tool-request-row.ts';
import { progressOf } from '../../../store/tools/tool-views.ts';
import type { ToolFile } from '../../../workflows/contract/tools/files.ts';
import { findTool } from '../../../workflows/contract/tools/catalogue.ts';
import { payerOf } from '../../../workflows/contract/names.ts';
import { toolLimits } from '../../../workflows/contract/tools/limits.ts';
import type { Tool, ToolInput } from '../../../workflows/contract/tools/tool.ts';
import type { ToolProgress, ToolRequestView } from '../../../workflows/contract/tools/tool-view.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';
import { takeFiles } from './file-intake.ts';

export interface ToolCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly idempotencyKey: string | undefined;
  /** Why the caller is no program on this machine; null for one that is. Only those name files by path. */
  readonly whyNotLocal: string | null;
}

/** The tool of that name. Throws `ProblemError` when there is none. */
export function toolNamed(name: string): Tool {
  const tool = findTool(name);
  if (tool === undefined) throw new ProblemError('not-found', `there is no tool ${name}`);
  return tool;
}

/** Returns the request's id. Throws `ProblemError` for everything that keeps a request from starting. */
export async function askTool(dependencies: ApiDependencies, call: ToolCall): Promise<string> {
  const { store, now, toolChoices, conversationHours, fileLimits } = dependencies;
  const tool = toolNamed(call.tool);
  const { continuation_id: continued, files, paths } = readInput(tool, call.input);
  const taken = await takeFiles(fileLimits, { files, paths }, call.whyNotLocal);
  const hash = sha256([store.tenant, call.tool, call.idempotencyKey ?? randomBytes(16).toString('hex')]);
  const id = `tool_${hash.slice(0, 24)}`;
  const limits = toolLimits(toolChoices, tool.name);
  const kept: ToolFile[] = [];
  for (const { name, content } of taken) kept.push({ name, ...(await store.artifacts.putContent(content)) });
  // What was sent as files is kept as files.
  const { files: _files, paths: _paths, ...input } = call.input;
  const acceptance = await store.toolRequests.accept({
    id,
    tool: tool.name,
    conversationId: continued ?? `conversation_${hash.slice(24, 48)}`,
    isNewConversation: continued === undefined,
    input: z.record(z.string(), z.json()).parse(input),
    inputHash: sha256([input, kept]),
    files: kept,
    limits,
    now: now(),
    expiresAt: new Date(now().getTime() + conversationHours * 3_600_000),
  });
  if (acceptance === 'conflict') {
    throw new ProblemError('conflict', 'this Idempotency-Key was used for another request');
  }
  if (acceptance === 'unknown') {
    const detail = `there is no conversation ${continued} now: it has ended, or never was; begin a new one without continuation_id`;
    throw new ProblemError('not-found', detail);
  }
  const row = await store.toolRequests.findHead(id);
  if (row?.state === 'queued') await start(dependencies, row);
  return id;
}

async function start({ store, tools, aiQueue }: ApiDependencies, { id, tool, limits }: ToolRequestHead): Promise<void> {
  try {
    await tools.start({ requestId: id, tenant: store.tenant, tool, limits, queue: aiQueue });
  } catch (error) {
    if (!(error instanceof TemporalUnreachable)) throw error;
    const detail = `${error.message}. It may have started; call again with the same Idempotency-Key.`;
    throw new ProblemError('temporal-unreachable', detail, { retryAfterSeconds: 15 });
  }
}

function readInput(tool: Tool, input: ToolCall['input']): ToolInput {
  try {
    return tool.read(input);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const problems = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    const detail = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new ProblemError('invalid-tool-input', detail, { problems });
  }
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** The request as it stands. One whose limit is over, though no worker has ended it, ends here. */
export async function findToolRequest(dependencies: ApiDependencies, id: string): Promise<ToolRequestView | null> {
  const { store, now } = dependencies;
  const row = await store.toolRequests.findHead(id);
  if (row === null) return null;
  await endOverdue(dependencies, row);
  const view = await store.toolViews.find(id, now());
  return view === null ? null : { ...view, place: await placeOf(dependencies, row) };
}

async function placeOf({ acrossTenants }: ApiDependencies, row: ToolRequestHead): Promise<number | null> {
  return row.state === 'queued' ? (await acrossTenants.tools.waitingBefore(row.acceptedAt)) + 1 : null;
}

/** Kept to answer in, before the request's limit. */
const answerMilliseconds = 500;

/** The workflow ends a request in time while a worker serves it. Without one, nobody else could say so. */
async function endOverdue(
  { store, tools, now, log }: ApiDependencies,
  { id, state, acceptedAt, startedAt, limits }: ToolRequestHead,
): Promise<void> {
  // A request of a job's step is ended by its job, whatever dies.
  if (state === 'ended' || limits.requestSeconds === null || payerOf(id).stepId !== null) return;
  const seconds = (now().getTime() - Date.parse(acceptedAt)) / 1000;
  if (seconds < limits.requestSeconds - answerMilliseconds / 1000) return;
  const layer = startedAt === null ? 'queue' : 'request';
  const cut = {
    layer,
    type: layer === 'queue' ? 'timeout_schedule_to_start' : 'time_limit',
    seconds: Math.round(seconds * 10) / 10,
    message:
      layer === 'queue'
        ? `no worker took the request within its limit of ${limits.requestSeconds} s`
        : `the request was cut off at its limit of ${limits.requestSeconds} s: its worker does not answer`,
    advice: 'call again when workers are there; the operator sees them on /platform',
  } as const;
  const row = await store.toolRequests.find(id);
  const outcome = row?.answer === null ? 'timed_out' : 'partial';
  await store.toolRequests.end(id, { outcome, cut }, now());
  // The answer does not wait for Temporal.
  tools.cancel(id).catch((error: unknown) => log.warn({ error, id }, 'an overdue tool request was not cancelled'));
}

const pollMilliseconds = 40;
/** A listener is told at least so often. */
const progressMilliseconds = 5_000;

/** Waits for the end, and tells the listener of each change and every five seconds how far it is. */
export async function waitForEnd(
  dependencies: ApiDependencies,
  id: string,
  signal: AbortSignal,
  onProgress: (progress: ToolProgress) => Promise<void> = async () => undefined,
): Promise<void> {
  let told: { readonly at: number; readonly phase: string; readonly tokens: number } | null = null;
  while (!signal.aborted) {
    const row = await dependencies.store.toolRequests.findHead(id);
    if (row === null || row.state === 'ended') return;
    await endOverdue(dependencies, row);
    const at = performance.now();
    const isNews = told === null || told.phase !== row.phase || told.tokens !== row.tokens;
    if (isNews || at - (told?.at ?? 0) >= progressMilliseconds) {
      const place = await placeOf(dependencies, row);
      await onProgress({ ...progressOf(row, dependencies.now()), place });
      told = { at, phase: row.phase, tokens: row.tokens };
    }
    await delay(pollMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}
