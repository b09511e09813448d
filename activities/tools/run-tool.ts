/** The activities of a tool request: the tool's own turn, the expert call, and the end that no layer has recorded. */
import type { Store } from '../../store/store.ts';
import type { ToolRequestRow } from '../../store/tools/tool-request-row.ts';
import { stepsOf, toTurn, turnsBefore, type Turn } from '../../store/tools/turns.ts';
import { recordOf } from '../../workflows/contract/tools/investigation.ts';
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
import { withHeartbeat } from '../heartbeat.ts';
import type { ModelRequest } from '../ports.ts';
import { layerClock, type AskingLayer } from './layer-clock.ts';
import { callWithin, type LayeredAnswer, type LayeredCallDependencies } from './layered-call.ts';
import { expertPrompt, isLast, turnPrompt, workHash } from './prompts.ts';

export interface ToolDependencies extends Omit<LayeredCallDependencies, 'ledger'> {
  readonly store: Store;
  readonly defaultModel: string;
  readonly expertModel: string;
}

export function createToolActivities(dependencies: ToolDependencies): ToolActivities & ToolRecordActivities {
  return {
    runToolTurn: (input) => runTurn(dependencies, input),
    runToolExpert: (input) => runExpert(dependencies, input),
    endToolRequest: (input) => endRequest(dependencies, input),
  };
}

async function runTurn(dependencies: ToolDependencies, { requestId }: ToolActivityInput): Promise<ToolLayerResult> {
  const { store, defaultModel } = dependencies;
  const row = await begun(dependencies, requestId, 'turn');
  if (row.outcome !== null) return { next: 'end', outcome: row.outcome };
  const turns = await turnsBefore(store.toolRequests, row);
  const current = toTurn(row);
  const { tool, input } = current;
  // An agent that is certain needs no model.
  const isCertain = input.investigation?.confidence === 'certain';
  if (isCertain) return { next: 'end', ...(await end(dependencies, requestId, 'completed', null)) };
  if (row.answer === null) {
    const answer = await ask(dependencies, row, 'tool', {
      model: input.model ?? defaultModel,
      instructions: tool.instructions,
      text: turnPrompt(turns, current),
      input,
    });
    if (!answer.ok) {
      const outcome = answer.cut.type === 'time_limit' ? 'timed_out' : 'failed';
      return { next: 'end', ...(await end(dependencies, requestId, outcome, answer.cut)) };
    }
    await store.toolRequests.answered(requestId, answer.text);
  }
  const asksExpert = tool.expertInstructions !== null && isLast(current);
  if (!asksExpert) return { next: 'end', ...(await end(dependencies, requestId, 'completed', null)) };
  return { next: 'expert' };
}

async function runExpert(dependencies: ToolDependencies, { requestId }: ToolActivityInput): Promise<ToolRequestEnd> {
  const { store, expertModel } = dependencies;
  const row = await begun(dependencies, requestId, 'expert');
  if (row.outcome !== null) return { outcome: row.outcome };
  // An attempt that died after the answer was kept.
  if (row.expertAnswer !== null) return end(dependencies, requestId, 'completed', null);
  const turns = await turnsBefore(store.toolRequests, row);
  const current = toTurn(row);
  const { tool, input } = current;
  const model = input.expert_model ?? expertModel;
  const hash = workHash(tool, recordOf(stepsOf(turns, current)), model);
  const judged = await store.toolRequests.findJudged(tool.name, hash);
  if (judged !== null) {
    await store.toolRequests.judged(requestId, { answer: judged, workHash: hash, isReused: true });
    return end(dependencies, requestId, 'completed', null);
  }
  const answer = await ask(dependencies, row, 'expert', {
    model,
    instructions: tool.expertInstructions ?? tool.instructions,
    text: expertPrompt(turns, current),
    input,
  });
  // The tool's own findings are there, whatever became of the expert.
  if (!answer.ok) return end(dependencies, requestId, 'partial', answer.cut);
  await store.toolRequests.judged(requestId, { answer: answer.text, workHash: hash, isReused: false });
  return end(dependencies, requestId, 'completed', null);
}

async function endRequest(
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
  return { outcome: (await store.toolRequests.end(id, { outcome, cut }, new Date(now()))) ?? outcome };
}

interface Question {
  readonly model: string;
  readonly instructions: string;
  readonly text: string;
  readonly input: Turn['input'];
}

/** How often the store is told of tokens that arrive. */
const tokensMilliseconds = 2_000;

async function ask(
  dependencies: ToolDependencies,
  row: ToolRequestRow,
  layer: AskingLayer,
  { model, instructions, text, input }: Question,
): Promise<LayeredAnswer> {
  const { store, now } = dependencies;
  const request: ModelRequest = {
    model,
    instructions,
    input: [{ type: 'text', text }],
    previousResponseId: null,
    computer: null,
    outputSchema: null,
    reasoningEffort: null,
    maxOutputTokens: null,
    ...(input.use_web_search === true ? { webSearch: 'required' as const } : {}),
    ...(input.use_web_search === 'auto' ? { webSearch: 'allowed' as const } : {}),
  };
  let told = { at: now(), tokens: 0 };
  const onTokens = async (tokens: number): Promise<void> => {
    if (tokens === told.tokens || now() - told.at < tokensMilliseconds) return;
    told = { at: now(), tokens };
    await store.toolRequests.progress(row.id, tokens);
  };
  return withHeartbeat({ requestId: row.id, layer }, (_beat, signal) =>
    callWithin(
      { ...dependencies, ledger: store.ledger },
      { clock: layerClock(row, layer, now()), requestId: row.id, tool: row.tool, request, signal, onTokens },
    ),
  );
}
