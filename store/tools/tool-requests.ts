/** Requests of expert tools: what was asked, how far it is, what came out. A request that has ended never changes. */
import type { AnsweredBy } from '../../workflows/contract/tools/answered-by.ts';
import type { ToolCut, ToolOutcome, ToolPhase, ToolState } from '../../workflows/contract/tools/tool-request.ts';
import type { Database, Tables } from '../database/database.ts';
import { paddedIds } from '../database/padded-ids.ts';
import { withRun } from '../runs/insert-run.ts';
import { toolRun, unmeasuredRequest, type MeasuredRequest } from '../runs/tool-run.ts';
import { acceptRequest, type NewToolRequest, type ToolAcceptance } from './tool-acceptance.ts';
import {
  headColumns,
  headOf,
  pulseColumns,
  pulseOf,
  readAnsweredBy,
  rowOf,
  type ToolPulse,
  type ToolRequestHead,
  type ToolRequestRow,
} from './tool-request-row.ts';

export interface ToolEnd {
  readonly outcome: ToolOutcome;
  readonly cut: ToolCut | null;
}

export interface JudgedAnswer {
  readonly answer: string;
  readonly answeredBy: AnsweredBy | null;
}

export interface ExpertAnswer extends JudgedAnswer {
  readonly workHash: string;
  readonly isReused: boolean;
}

export interface EndedRequest {
  readonly outcome: ToolOutcome;
  /** Null when the request had ended before. */
  readonly head: ToolRequestHead | null;
}

export interface ToolRequests {
  accept(request: NewToolRequest): Promise<ToolAcceptance>;
  find(id: string): Promise<ToolRequestRow | null>;
  findHead(id: string): Promise<ToolRequestHead | null>;
  /** How far these requests are; one that is missing does not exist. */
  pulses(ids: readonly string[]): Promise<readonly ToolPulse[]>;
  /** The turns of a conversation before this one, oldest first. */
  turnsBefore(request: Pick<ToolRequestRow, 'conversationId' | 'turn'>): Promise<readonly ToolRequestRow[]>;
  /** Records that a worker has begun a phase. Returns the request; null when there is none. */
  begin(id: string, phase: ToolPhase, now: Date): Promise<ToolRequestRow | null>;
  /** How many requests of the tenant are in each state. */
  counts(): Promise<Readonly<Record<ToolState, number>>>;
  /** Records how much of an answer has arrived. */
  progress(id: string, tokens: number): Promise<void>;
  /** Keeps the answer of the tool's own turn, before the expert is asked. */
  answered(id: string, answer: string, by?: AnsweredBy | null): Promise<void>;
  /** Keeps the expert's answer. */
  judged(id: string, expert: ExpertAnswer): Promise<void>;
  /** The answer of an expert who has judged the same work, in a conversation that is kept; null when none has. */
  findJudged(tool: string, workHash: string, now: Date): Promise<JudgedAnswer | null>;
  /** Accepts a request anew whose workflow was never started: its time begins now. Nothing is done to one that a worker began. */
  renew(id: string, now: Date): Promise<void>;
  /**
   * Ends a request, once, and records its run. Returns how it ended: as asked, with the request as it is now, or as it had ended
   * before, without; null when there is none.
   */
  end(id: string, end: ToolEnd, now: Date, measured?: MeasuredRequest): Promise<EndedRequest | null>;
}

export function createToolRequests(database: Database): ToolRequests {
  const find = async (id: string): Promise<ToolRequestRow | null> => {
    const row = await database.selectFrom('tool_requests').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? null : rowOf(row);
  };
  return {
    find,
    accept: (request) => acceptRequest(database, request),
    async findHead(id) {
      const row = await database
        .selectFrom('tool_requests')
        .select(headColumns)
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? null : headOf(row);
    },
    async pulses(ids) {
      const rows = await database
        .selectFrom('tool_requests')
        .select(pulseColumns)
        .where('id', 'in', paddedIds(ids))
        .execute();
      return rows.map(pulseOf);
    },
    async turnsBefore({ conversationId, turn }) {
      const rows = await database
        .selectFrom('tool_requests')
        .selectAll()
        .where('conversation_id', '=', conversationId)
        .where('turn', '<', turn)
        .orderBy('turn')
        .execute();
      return rows.map(rowOf);
    },
    async begin(id, phase, now) {
      const started = now.toISOString();
      const row = await database
        .updateTable('tool_requests')
        .set((columns) => ({
          phase,
          state: 'running',
          tokens: 0,
          started_at: columns.fn.coalesce('started_at', columns.val(started)),
        }))
        .where('id', '=', id)
        .where('state', '!=', 'ended')
        .returningAll()
        .executeTakeFirst();
      return row === undefined ? find(id) : rowOf(row);
    },
    async counts() {
      const rows = await database
        .selectFrom('tool_requests')
        .select(({ fn }) => ['state', fn.countAll<number>().as('requests')])
        .groupBy('state')
        .execute();
      const of = (state: ToolState): number => rows.find((row) => row.state === state)?.requests ?? 0;
      return { queued: of('queued'), running: of('running'), ended: of('ended') };
    },
    async progress(id, tokens) {
      await change(database, id, { tokens });
    },
    async answered(id, answer, by = null) {
      await change(database, id, { answer, answered_by: by === null ? null : JSON.stringify(by) });
    },
    async judged(id, { answer, answeredBy, workHash, isReused }) {
      await change(database, id, {
        expert_answer: answer,
        expert_answered_by: answeredBy === null ? null : JSON.stringify(answeredBy),
        work_hash: workHash,
        expert_reused: isReused ? 1 : 0,
      });
    },
    async findJudged(tool, workHash, now) {
      const row = await database
        .selectFrom('tool_requests')
        .select(['expert_answer', 'expert_answered_by'])
        .where('work_hash', '=', workHash)
        .where('tool', '=', tool)
        .where('expert_answer', 'is not', null)
        .where('conversation_id', 'in', (kept) =>
          kept.selectFrom('tool_conversations').select('id').where('expires_at', '>', now.toISOString()),
        )
        .limit(1)
        .executeTakeFirst();
      if (row?.expert_answer === null || row === undefined) return null;
      return { answer: row.expert_answer, answeredBy: readAnsweredBy(row.expert_answered_by) };
    },
    async renew(id, now) {
      const anew = { state: 'queued', phase: 'queued', outcome: null, cut: null, ended_at: null };
      await database
        .updateTable('tool_requests')
        .set({ ...anew, accepted_at: now.toISOString() })
        .where('id', '=', id)
        .where('started_at', 'is', null)
        .execute();
    },
    async end(id, end, now, measured = unmeasuredRequest) {
      const row = await database
        .selectFrom('tool_requests')
        .select(headColumns)
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return null;
      const head = headOf(row);
      if (head.outcome !== null) return { outcome: head.outcome, head: null };
      const ended = {
        state: 'ended',
        phase: 'ended',
        outcome: end.outcome,
        cut: end.cut === null ? null : JSON.stringify(end.cut),
        ended_at: now.toISOString(),
      } as const;
      const run = toolRun(head, end, now, measured);
      if (await withRun(database, run, (creator) => change(creator, id, ended))) {
        return {
          outcome: end.outcome,
          head: { ...head, ...end, state: 'ended', phase: 'ended', endedAt: ended.ended_at },
        };
      }
      const before = (await find(id))?.outcome ?? null;
      return before === null ? null : { outcome: before, head: null };
    },
  };
}

/** Whether the request was there and had not ended. */
async function change(
  database: Pick<Database, 'updateTable'>,
  id: string,
  changed: Partial<Omit<Tables['tool_requests'], 'tenant'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('tool_requests')
    .set(changed)
    .where('id', '=', id)
    .where('state', '!=', 'ended')
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}
