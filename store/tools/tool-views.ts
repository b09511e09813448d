/** Tool requests as callers read them: how far they are, and the result in the form of their tool. */
import { replacementNotes } from '../../workflows/contract/tools/answered-by.ts';
import { readJson } from '../../workflows/contract/json/json-text.ts';
import { isLastStep } from '../../workflows/contract/tools/investigation-step.ts';
import { recordOf } from '../../workflows/contract/tools/investigation.ts';
import { readViews } from '../../workflows/contract/tools/panel.ts';
import { inTenths } from '../../workflows/contract/tools/tenths.ts';
import type { ToolProgress, ToolRequestView } from '../../workflows/contract/tools/tool-view.ts';
import { payerOf } from '../../workflows/contract/names.ts';
import type { ModelCalls } from '../jobs/model-calls.ts';
import type { ToolRequestHead, ToolRequestRow } from './tool-request-row.ts';
import type { ToolRequests } from './tool-requests.ts';
import { stepsOf, toTurn, turnsBefore } from './turns.ts';

export interface ToolViews {
  /** Null when there is no such request. */
  find(id: string, now: Date): Promise<ToolRequestView | null>;
}

export function createToolViews(requests: ToolRequests, modelCalls: ModelCalls): ToolViews {
  return {
    async find(id, now) {
      const row = await requests.find(id);
      if (row === null) return null;
      const {
        modelCalls: calls,
        inputTokens,
        outputTokens,
        costUsd,
      } = await modelCalls.usageUnder(payerOf(id).jobId, `${id}/`);
      return {
        ...progressOf(row, now),
        tool: row.tool,
        outcome: row.outcome,
        cut: row.cut,
        result: row.state === 'ended' ? await resultOf(requests, row) : null,
        continuationId: row.conversationId,
        acceptedAt: row.acceptedAt,
        startedAt: row.startedAt,
        endedAt: row.endedAt,
        usage: { modelCalls: calls, inputTokens, outputTokens, costUsd },
      };
    },
  };
}

/** How far a request is. Its place is for whoever sees the requests of all tenants. */
export function progressOf(row: ToolRequestHead, now: Date): ToolProgress {
  const end = row.endedAt === null ? now.getTime() : Date.parse(row.endedAt);
  const used = inTenths((end - Date.parse(row.acceptedAt)) / 1000);
  const { requestSeconds } = row.limits;
  const left = requestSeconds === null || row.state === 'ended' ? null : Math.max(0, requestSeconds - used);
  return {
    id: row.id,
    state: row.state,
    phase: row.phase,
    place: null,
    secondsUsed: used,
    secondsLeft: left === null ? null : inTenths(left),
    tokens: row.tokens,
  };
}

async function resultOf(requests: ToolRequests, row: ToolRequestRow): Promise<ToolRequestView['result']> {
  const current = toTurn(row);
  const { investigation, panel, local } = current.input;
  const { answeredBy, expertAnsweredBy } = row;
  const notes = replacementNotes([answeredBy, expertAnsweredBy]);
  const noted = (next: string): string => (notes === '' ? next : `${notes} ${next}`);
  const followUp = `To go on, call a tool with continuation_id ${row.conversationId}.`;
  const expert =
    row.expertAnswer === null
      ? null
      : { answer: row.expertAnswer, reused: row.isExpertReused, answered_by: expertAnsweredBy };
  if (local !== undefined) {
    const answer = row.answer === null ? null : readJson(row.answer);
    const next = row.cut?.advice ?? 'Nothing more is to be done.';
    return { status: 'complete', [local === 'models' ? 'models' : 'state']: answer, next };
  }
  if (panel !== undefined) {
    const views = row.answer === null ? [] : readViews(row.answer);
    return { status: 'complete', views, expert, next: noted(row.cut?.advice ?? followUp) };
  }
  if (investigation === undefined) {
    const next = noted(row.cut?.advice ?? followUp);
    return { status: 'complete', answer: row.answer, answered_by: answeredBy, next };
  }
  const record = recordOf(stepsOf(await turnsBefore(requests, row), current));
  const isLast = isLastStep(investigation);
  const goOn = `Investigate further, then call ${row.tool} with step ${investigation.step + 1} and continuation_id ${row.conversationId}.`;
  return {
    status: isLast ? 'complete' : 'continue',
    answer: row.answer,
    answered_by: answeredBy,
    expert,
    record,
    next: noted(row.cut?.advice ?? (isLast ? followUp : goOn)),
  };
}
