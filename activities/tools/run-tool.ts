/** The activities of a tool request: the tool's own turn, the expert call, and the end that no layer has recorded. */
import { Context } from '@temporalio/activity';
import type { ToolRequestRow } from '../../store/tools/tool-request-row.ts';
import { toTurn, turnsBefore, type Turn } from '../../store/tools/turns.ts';
import type {
  EndToolRequestInput,
  ToolActivities,
  ToolActivityInput,
  ToolCut,
  ToolLayerResult,
  ToolOutcome,
  ToolRecordActivities,
  ToolRequestEnd,
} from '../../workflows/contract/tools/tool-request.ts';
import type { AnsweredBy } from '../../workflows/contract/tools/answered-by.ts';
import { embeddedContext, type EmbeddedFiles } from './embedded-files.ts';
import { askTool, callKey, type AskDependencies } from './ask-tool.ts';
import { withRunMeter } from '../runs/run-meter.ts';
import { claimWork, whileBeating, type ExpertWork } from './expert-work.ts';
import { layerClock } from './layer-clock.ts';
import { localAnswer, type LocalDependencies } from './local-answers.ts';
import { askPanel } from './panel.ts';
import { endRequest } from './request-end.ts';
import { withStoreRetries } from './store-outage.ts';
import { earlierTurns, expertPrompt, isLast, turnPrompt, workHash } from './prompts.ts';

export type ToolDependencies = AskDependencies & LocalDependencies;

export function createToolActivities(dependencies: ToolDependencies): ToolActivities & ToolRecordActivities {
  return {
    // All of an attempt, also what comes before its call: Temporal must not start another attempt beside a living one.
    runToolTurn: (input) => measuredAttempt(input, () => runTurn(dependencies, input)),
    runToolExpert: (input) => measuredAttempt(input, () => runExpert(dependencies, input)),
    endToolRequest: (input) => endCut(dependencies, input),
  };
}

function measuredAttempt<Result>({ requestId }: ToolActivityInput, work: () => Promise<Result>): Promise<Result> {
  return withStoreRetries(requestId, () => withRunMeter(work));
}

async function runTurn(dependencies: ToolDependencies, { requestId }: ToolActivityInput): Promise<ToolLayerResult> {
  const { store } = dependencies;
  const row = await begun(dependencies, requestId, 'turn');
  if (row.outcome !== null) return { next: 'end', outcome: row.outcome };
  const current = toTurn(row);
  // An agent that is certain needs no model.
  const isCertain = current.input.investigation?.confidence === 'certain';
  if (!isCertain && row.answer === null) {
    const answer = await answerOf(dependencies, await turnsBefore(store.toolRequests, row), current);
    if (!answer.ok) {
      const outcome = answer.cut.type === 'time_limit' ? 'timed_out' : 'failed';
      return { next: 'end', ...(await end(dependencies, requestId, outcome, answer.cut)) };
    }
    await store.toolRequests.answered(requestId, answer.text, answer.by);
  }
  const asksExpert = !isCertain && current.tool.expertInstructions !== null && isLast(current);
  return asksExpert ? { next: 'expert' } : { next: 'end', ...(await end(dependencies, requestId, 'completed', null)) };
}

type Answer =
  | { readonly ok: true; readonly text: string; readonly by: AnsweredBy | null }
  | { readonly ok: false; readonly cut: ToolCut };

/** The tool's own answer: of the worker, of a panel, or of one model. */
async function answerOf(dependencies: ToolDependencies, before: readonly Turn[], current: Turn): Promise<Answer> {
  const { tool, input, row } = current;
  if (input.local !== undefined) return { ok: true, text: await localAnswer(dependencies, input.local), by: null };
  // Where an expert judges the steps of an investigation, the expert gets their files.
  const isForExpert = input.investigation !== undefined && tool.expertInstructions !== null;
  const files = await contextOf(dependencies, before, current, !isForExpert);
  const { images } = files;
  const text = turnPrompt(before, current, files.text);
  if (input.panel !== undefined) {
    const panel = await askPanel(dependencies, current, input.panel, { text, images });
    return panel.ok ? { ok: true, text: JSON.stringify(panel.views), by: null } : panel;
  }
  return askTool(dependencies, row, {
    layer: 'tool',
    model: input.model ?? dependencies.defaultModel,
    instructions: tool.instructions,
    text,
    images,
    webSearch: input.use_web_search,
  });
}

async function runExpert(dependencies: ToolDependencies, { requestId }: ToolActivityInput): Promise<ToolRequestEnd> {
  const { store, expertModel, locale, now } = dependencies;
  const row = await begun(dependencies, requestId, 'expert');
  if (row.outcome !== null) return { outcome: row.outcome };
  // An attempt that died after the answer was kept.
  if (row.expertAnswer !== null) return end(dependencies, requestId, 'completed', null);
  const before = await turnsBefore(store.toolRequests, row);
  const current = toTurn(row);
  const { tool, input } = current;
  const model = input.expert_model ?? expertModel;
  const files = await contextOf(dependencies, before, current, true);
  const hash = workHash(before, current, { model, files: files.hashes, locale });
  const work: ExpertWork = {
    requestId,
    tool: tool.name,
    hash,
    key: callKey(requestId, 'expert'),
    clock: layerClock(row, 'expert', now()),
    signal: Context.current().cancellationSignal,
  };
  const claim = await claimWork(dependencies, work);
  if (claim.kind === 'late') return end(dependencies, requestId, 'partial', claim.cut);
  if (claim.kind === 'judged') {
    await store.toolRequests.judged(requestId, { ...claim.judged, workHash: hash, isReused: true });
    return end(dependencies, requestId, 'completed', null);
  }
  const answer = await whileBeating(dependencies, work, () =>
    askTool(dependencies, row, {
      layer: 'expert',
      model,
      instructions: tool.expertInstructions ?? tool.instructions,
      text: expertPrompt(before, current, files.text),
      images: files.images,
      webSearch: input.use_web_search,
    }),
  );
  // The tool's own findings are there, whatever became of the expert.
  if (!answer.ok) return end(dependencies, requestId, 'partial', answer.cut);
  await store.toolRequests.judged(requestId, {
    answer: answer.text,
    answeredBy: answer.by,
    workHash: hash,
    isReused: false,
  });
  return end(dependencies, requestId, 'completed', null);
}

function contextOf(
  { store }: ToolDependencies,
  before: readonly Turn[],
  current: Turn,
  withFiles: boolean,
): Promise<EmbeddedFiles> {
  const turns = earlierTurns(before, current);
  return embeddedContext(store, { row: current.row, turns, withFiles }, Context.current().cancellationSignal);
}

async function endCut(
  dependencies: ToolDependencies,
  { requestId, cut }: EndToolRequestInput,
): Promise<ToolRequestEnd> {
  const row = await dependencies.store.toolRequests.find(requestId);
  return end(dependencies, requestId, outcomeOf(cut, row), cut);
}

function outcomeOf(cut: ToolCut, row: ToolRequestRow | null): ToolOutcome {
  if (cut.type === 'cancelled') return 'cancelled';
  if (row?.answer !== null && row?.answer !== undefined) return 'partial';
  return cut.type === 'time_limit' || cut.type.startsWith('timeout_') ? 'timed_out' : 'failed';
}

async function begun({ store, now }: ToolDependencies, id: string, phase: 'turn' | 'expert'): Promise<ToolRequestRow> {
  const row = await store.toolRequests.begin(id, phase, new Date(now()));
  if (row === null) throw new Error(`the store has no tool request ${id}`);
  return row;
}

async function end(
  { store, now }: ToolDependencies,
  id: string,
  outcome: ToolOutcome,
  cut: ToolCut | null,
): Promise<ToolRequestEnd> {
  return { outcome: (await endRequest(store, id, { outcome, cut }, new Date(now()))) ?? outcome };
}
