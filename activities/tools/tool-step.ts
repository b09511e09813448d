/** The two activities of a tool step: one accepts the request, the other turns how it ended into the step's output. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Store } from '../../store/store.ts';
import { conversationLimitText } from '../../store/tools/conversations.ts';
import type { Reason } from '../../workflows/contract/failures.ts';
import type { StepActivityInput, StepTool, ToolStepActivities } from '../../workflows/contract/jobs/job.ts';
import type { ToolStep } from '../../workflows/contract/lead-magnets/lead-magnet.ts';
import { fillJson } from '../../workflows/contract/lead-magnets/template.ts';
import { stepToolRequestId } from '../../workflows/contract/names.ts';
import { findTool } from '../../workflows/contract/tools/catalogue.ts';
import { FileRefusal, imageTypeOf, sentBytes } from '../../workflows/contract/tools/file-content.ts';
import type { SentFile, ToolFile } from '../../workflows/contract/tools/files.ts';
import { toolLimits, type ToolLimitChoices } from '../../workflows/contract/tools/limits.ts';
import type { Tool, ToolInput } from '../../workflows/contract/tools/tool.ts';
import type { ToolRequestView } from '../../workflows/contract/tools/tool-view.ts';
import { failure } from '../failure.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';
import { recordedBeginning, recordedStep, type StepOutcome } from '../records/recorded.ts';
import { keepOutput, templateData } from '../step-data.ts';
import { endRequest } from './request-end.ts';

export interface ToolStepDependencies {
  readonly store: Store;
  readonly toolChoices: ToolLimitChoices;
  /** How long later calls can continue the conversation that a step has begun. */
  readonly conversationHours: number;
  readonly now: () => number;
}

/** The most that a step may ask with, as of the API. */
const mostInputCharacters = 2 ** 20;

export function createToolStep(dependencies: ToolStepDependencies): ToolStepActivities {
  const { store } = dependencies;
  return {
    prepareToolStep: recordedBeginning(store, 'tool', (input) => prepare(dependencies, input)),
    collectToolStep: recordedStep(store, 'tool', (input, record) => collect(dependencies, input, record)),
  };
}

/** The same id for every attempt: a repetition finds the request that the first has accepted. */
async function prepare(
  { store, toolChoices, conversationHours, now }: ToolStepDependencies,
  input: StepActivityInput<ToolStep>,
): Promise<StepTool> {
  const { job, step, generation } = input;
  const requestId = stepToolRequestId(job.id, step.id, generation);
  const known = await store.toolRequests.findHead(requestId);
  if (known !== null) return { requestId, limits: known.limits };
  const tool = findTool(step.tool);
  if (tool === undefined) throw failure('step_definition', `there is no tool ${step.tool}`);
  const filled = z.record(z.string(), z.json()).parse(fillJson(step.input, await templateData(store.artifacts, input)));
  const { continuation_id: continued, files: sent = [] } = readInput(tool, filled);
  const files: ToolFile[] = [];
  for (const { name, content, imageType } of readFiles(sent)) {
    files.push({ name, imageType, ...(await store.artifacts.putContent(content)) });
  }
  const limits = toolLimits(toolChoices, tool.name);
  const hash = createHash('sha256').update(requestId).digest('hex');
  const { files: _files, ...kept } = filled;
  const acceptance = await store.toolRequests.accept({
    id: requestId,
    tool: tool.name,
    conversationId: continued ?? `conversation_${hash.slice(0, 24)}`,
    isNewConversation: continued === undefined,
    input: kept,
    inputHash: hash,
    files,
    limits,
    now: new Date(now()),
    expiresAt: new Date(now() + conversationHours * 3_600_000),
  });
  if (acceptance === 'unknown') throw failure('step_definition', `there is no conversation ${continued} now`);
  if (acceptance === 'full') throw failure('step_definition', `the conversation holds ${conversationLimitText}`);
  return { requestId, limits };
}

/** Reads the filled input as a call's. Throws a failure that names each field that is wrong. */
function readInput(tool: Tool, filled: Readonly<Record<string, unknown>>): ToolInput {
  if (JSON.stringify(filled).length > mostInputCharacters) {
    throw failure('step_definition', `the input of the tool has more than ${mostInputCharacters} characters`);
  }
  try {
    const input = tool.read(filled);
    if (input.paths !== undefined) throw failure('step_definition', 'a step reads no files by path');
    const names = input.files?.map(({ name }) => name) ?? [];
    if (new Set(names).size < names.length) throw failure('step_definition', 'files need names of their own');
    return input;
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const problems = error.issues.slice(0, 20).map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw failure('step_definition', `the input does not fit the tool ${tool.name}: ${problems.join('; ')}`);
  }
}

/** The contents of files by value. Throws a failure for one that is neither text nor an image. */
function readFiles(sent: readonly SentFile[]) {
  return sent.map((file) => {
    try {
      const content = sentBytes(file);
      return { name: file.name, content, imageType: imageTypeOf(content) };
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error;
      throw failure('step_definition', `the file ${file.name} ${error.message}`);
    }
  });
}

async function collect(
  { store, now }: ToolStepDependencies,
  { job, step, generation }: StepActivityInput<ToolStep>,
  { later }: AttemptRecord,
): Promise<StepOutcome> {
  const requestId = stepToolRequestId(job.id, step.id, generation);
  // A request that its job stopped before it began has nobody else to end it.
  await endRequest(store, requestId, { outcome: 'cancelled', cut: null }, new Date(now()));
  const view = await store.toolViews.find(requestId, new Date(now()));
  const row = await store.toolRequests.find(requestId);
  if (view === null || row === null) throw new Error(`the store has no tool request ${requestId}`);
  const value = {
    text: row.expertAnswer ?? row.answer,
    requestId,
    outcome: view.outcome,
    seconds: view.secondsUsed,
    continuationId: view.continuationId,
    result: z.json().parse(view.result),
  };
  const output = await keepOutput(store.artifacts, { jobId: job.id, stepId: step.id, value }, later);
  const usage = await store.modelCalls.usageUnder(job.id, `${requestId}/`);
  return { ...stepEnd(view), output, artifacts: [], usage, iterations: 0, recoveryLevel: null };
}

/** A cut-off is the step's reason, of the same type; what was answered before it is the output. */
function stepEnd({ outcome, cut }: ToolRequestView): Pick<StepOutcome, 'state' | 'reason'> {
  if (outcome === 'completed') return { state: 'succeeded', reason: null };
  if (cut === null) return { state: 'failed', reason: { type: 'cancelled', message: 'the request was cancelled' } };
  const { layer, type, seconds, message, advice } = cut;
  const reason: Reason = { type, message: `${layer}, after ${seconds} s: ${message}; ${advice}` };
  const isTime = type === 'time_limit' || type.startsWith('timeout_');
  return { state: isTime ? 'timed_out' : 'failed', reason };
}
