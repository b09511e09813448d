/** The tables of expert tools: conversations, the requests that are their turns, and the files of these. */
import type { Generated } from 'kysely';

export interface ToolTables {
  tool_conversations: { id: string; created_at: string; expires_at: string };
  tool_files: { request_id: string; name: string; bytes: number; sha256: string; image_type: string | null };
  tool_requests: {
    id: string;
    tool: string;
    conversation_id: string;
    /** The number of the request in its conversation, from 1. */
    turn: number;
    state: string;
    phase: string;
    outcome: string | null;
    /** What was asked, as the tool has read it. */
    input: string;
    /** Of what was asked, to tell a repeat under the same key from another request. */
    input_hash: string;
    limits: string;
    /** Of the answer under way, estimated. */
    tokens: number;
    answer: string | null;
    /** Who has answered, as JSON; null before the answer, and where no model was asked. */
    answered_by: string | null;
    expert_answer: string | null;
    expert_answered_by: string | null;
    expert_reused: number;
    /** Of what the expert judged: the same is not judged twice. */
    work_hash: string | null;
    cut: string | null;
    accepted_at: string;
    started_at: string | null;
    ended_at: string | null;
  };
  /** The request that asks the expert for a piece of work, while others wait for its answer. */
  tool_work: { work_hash: string; request_id: string; beats: number; pause_milliseconds: Generated<number> };
}
