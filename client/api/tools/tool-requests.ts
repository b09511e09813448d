/** Takes in a request of a tool: checked before anything is started, stored, started; and finds one. */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { conversationLimitText } from '../../../store/tools/conversations.ts';
import type { ToolRequestHead } from '../../../store/tools/tool-request-row.ts';
import type { ToolFile } from '../../../workflows/contract/tools/files.ts';
import { findTool } from '../../../workflows/contract/tools/catalogue.ts';
import { toolLimits } from '../../../workflows/contract/tools/limits.ts';
import type { Tool, ToolInput } from '../../../workflows/contract/tools/tool.ts';
import type { ToolRequestView } from '../../../workflows/contract/tools/tool-view.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { TemporalUnreachable } from '../temporal-calls.ts';
import { takeFiles } from './file-intake.ts';
import { endOverdue, isOverdue } from './overdue.ts';

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

/** The id of the request that a call makes; the same key names the same request. */
export function requestIdOf(tenant: string, { tool, idempotencyKey }: ToolCall): string {
  const hash = sha256([tenant, tool, idempotencyKey ?? randomBytes(16).toString('hex')]);
  return `tool_${hash.slice(0, 24)}`;
}

/** Starts the request of that id. Throws `ProblemError` for everything that keeps it from starting. */
export async function askTool(dependencies: ApiDependencies, call: ToolCall, id: string): Promise<void> {
  const { store, now, toolChoices, conversationHours, fileLimits } = dependencies;
  const tool = toolNamed(call.tool);
  const { continuation_id: continued, files, paths } = readInput(tool, call.input);
  const taken = await takeFiles(fileLimits, { files, paths }, call.whyNotLocal);
  const limits = toolLimits(toolChoices, tool.name);
  const kept: ToolFile[] = [];
  for (const { name, content, imageType } of taken) {
    kept.push({ name, imageType, ...(await store.artifacts.putContent(content)) });
  }
  // What was sent as files is kept as files.
  const { files: _files, paths: _paths, ...input } = call.input;
  const acceptance = await store.toolRequests.accept({
    id,
    tool: tool.name,
    conversationId: continued ?? `conversation_${sha256(id).slice(0, 24)}`,
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
  if (acceptance === 'full') throw isFull(continued !== undefined);
  const row = await store.toolRequests.findHead(id);
  if (row === null) return;
  if (acceptance === 'exists') await startAgain(dependencies, row);
  else if (row.state === 'queued') await start(dependencies, row);
}

function isFull(isContinued: boolean): ProblemError {
  const message = isContinued
    ? `the conversation holds ${conversationLimitText}, or would with this turn: begin a new one without continuation_id, and tell it what still matters`
    : `with this call alone the conversation would hold more than ${conversationLimitText}: send less`;
  const path = isContinued ? 'continuation_id' : '';
  return new ProblemError('invalid-tool-input', message, { problems: [{ path, message }] });
}

/** A request that could not be started when it was accepted begins anew, with all of its time; any other goes on, or has ended. */
async function startAgain(dependencies: ApiDependencies, row: ToolRequestHead): Promise<void> {
  const { store, tools, now } = dependencies;
  const mayBeUnstarted = row.startedAt === null && (row.state === 'queued' || row.cut?.layer === 'queue');
  if (!mayBeUnstarted) return;
  if (await reaching(() => tools.isStarted(row.id, new Date(row.acceptedAt)))) return;
  await store.toolRequests.renew(row.id, now());
  await start(dependencies, row);
}

async function start({ store, tools, aiQueue }: ApiDependencies, { id, tool, limits }: ToolRequestHead): Promise<void> {
  await reaching(() => tools.start({ requestId: id, tenant: store.tenant, tool, limits, queue: aiQueue }));
}

/** Throws `ProblemError` when Temporal is not reached. */
async function reaching<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
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
  if (isOverdue(row, now())) await endOverdue(dependencies, row);
  const view = await store.toolViews.find(id, now());
  return view === null ? null : { ...view, place: await placeOf(dependencies, row) };
}

/** Its place among the requests of all tenants that wait for a worker, from 1; null for one that does not wait. */
export async function placeOf({ acrossTenants }: ApiDependencies, row: ToolRequestHead): Promise<number | null> {
  return row.state === 'queued' ? (await acrossTenants.tools.waitingBefore(row.acceptedAt)) + 1 : null;
}
