/** The rows of tool requests, parsed: whole, or without what was asked and answered. */
import type { Selectable } from 'kysely';
import { z } from 'zod';
import { readJsonObject } from '../../workflows/contract/json/json-text.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { AnsweredBySchema, type AnsweredBy } from '../../workflows/contract/tools/answered-by.ts';
import type { ToolLimits } from '../../workflows/contract/tools/limits.ts';
import {
  toolOutcomes,
  toolPhases,
  toolStates,
  type ToolCut,
  type ToolOutcome,
  type ToolPhase,
  type ToolState,
} from '../../workflows/contract/tools/tool-request.ts';
import { ToolCutSchema } from '../../workflows/contract/tools/tool-view.ts';
import type { Tables } from '../database/database.ts';

export interface ToolRequestRow {
  readonly id: string;
  readonly tool: string;
  readonly conversationId: string;
  readonly turn: number;
  readonly state: ToolState;
  readonly phase: ToolPhase;
  readonly outcome: ToolOutcome | null;
  readonly input: JsonObject;
  readonly limits: ToolLimits;
  readonly tokens: number;
  readonly answer: string | null;
  readonly answeredBy: AnsweredBy | null;
  readonly expertAnswer: string | null;
  readonly expertAnsweredBy: AnsweredBy | null;
  readonly isExpertReused: boolean;
  readonly cut: ToolCut | null;
  readonly acceptedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** How far a request is: all but what was asked and answered, which may be large. */
export type ToolRequestHead = Omit<
  ToolRequestRow,
  'input' | 'answer' | 'answeredBy' | 'expertAnswer' | 'expertAnsweredBy'
>;

/** What changes while a request runs: it is read again and again by whoever waits for its end. */
export type ToolPulse = Pick<ToolRequestRow, 'id' | 'state' | 'phase' | 'tokens' | 'startedAt'>;

const seconds = z.number().nullable();
const LimitsSchema: z.ZodType<ToolLimits> = z.object({
  providerSeconds: seconds,
  streamSilenceSeconds: seconds,
  streamSeconds: seconds,
  toolSeconds: seconds,
  expertSeconds: seconds,
  requestSeconds: seconds,
  queueSeconds: seconds,
  cleanupSeconds: z.number(),
  stopSeconds: z.number(),
  attempts: z.number(),
  heartbeatSeconds: z.number(),
});
// Made once: rows are read many times a second.
const StateSchema = z.enum(toolStates);
const PhaseSchema = z.enum(toolPhases);
const OutcomeSchema = z.enum(toolOutcomes).nullable();

export const headColumns = [
  'id',
  'tool',
  'conversation_id',
  'turn',
  'state',
  'phase',
  'outcome',
  'limits',
  'tokens',
  'expert_reused',
  'cut',
  'accepted_at',
  'started_at',
  'ended_at',
] as const;

export const pulseColumns = ['id', 'state', 'phase', 'tokens', 'started_at'] as const;

type Columns = Selectable<Omit<Tables['tool_requests'], 'tenant'>>;

export function rowOf(row: Columns): ToolRequestRow {
  return {
    ...headOf(row),
    input: readJsonObject(row.input),
    answer: row.answer,
    answeredBy: readAnsweredBy(row.answered_by),
    expertAnswer: row.expert_answer,
    expertAnsweredBy: readAnsweredBy(row.expert_answered_by),
  };
}

export function pulseOf(row: Pick<Columns, (typeof pulseColumns)[number]>): ToolPulse {
  return {
    id: row.id,
    state: StateSchema.parse(row.state),
    phase: PhaseSchema.parse(row.phase),
    tokens: row.tokens,
    startedAt: row.started_at,
  };
}

export function readAnsweredBy(text: string | null): AnsweredBy | null {
  return text === null ? null : AnsweredBySchema.parse(JSON.parse(text));
}

export function headOf(row: Pick<Columns, (typeof headColumns)[number]>): ToolRequestHead {
  return {
    id: row.id,
    tool: row.tool,
    conversationId: row.conversation_id,
    turn: row.turn,
    state: StateSchema.parse(row.state),
    phase: PhaseSchema.parse(row.phase),
    outcome: OutcomeSchema.parse(row.outcome),
    limits: LimitsSchema.parse(JSON.parse(row.limits)),
    tokens: row.tokens,
    isExpertReused: row.expert_reused === 1,
    cut: row.cut === null ? null : ToolCutSchema.parse(JSON.parse(row.cut)),
    acceptedAt: row.accepted_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}
