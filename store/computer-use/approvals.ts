/**
 * The questions that jobs ask people, and their answers. The workflow decides; this is what people see of it. Each
 * change is recorded with an event in the same transaction, once, whoever makes it.
 */
import type { Selectable } from 'kysely';
import type { ApprovalAnswer, ApprovalRequest } from '../../workflows/contract/computer-use/approvals.ts';
import { ApprovalViewSchema, type ApprovalView } from '../../workflows/contract/jobs/job-view.ts';
import type { Database, Tables } from '../database/database.ts';
import { inTransaction, lockJob } from '../database/transactions.ts';
import { insertEvent } from '../jobs/events.ts';

export interface NewApproval {
  readonly jobId: string;
  readonly stepId: string;
  readonly request: ApprovalRequest;
  readonly now: Date;
}

/** A question, with its job. */
export interface ListedApproval {
  readonly jobId: string;
  readonly approval: ApprovalView;
}

export interface Approvals {
  /** Records a job's question; the same question again changes nothing. */
  ask(approval: NewApproval): Promise<void>;
  /** Records a person's answer; false when the question was closed before or does not exist. */
  decide(jobId: string, answer: ApprovalAnswer, now: Date): Promise<boolean>;
  find(jobId: string, requestId: string): Promise<ApprovalView | null>;
  /** The open questions, oldest first. */
  open(limit: number): Promise<readonly ListedApproval[]>;
}

export function createApprovals(database: Database): Approvals {
  return {
    async ask({ jobId, stepId, request, now }) {
      const { requestId, callId, question, url, screenshot, expiresAfterSeconds } = request;
      const at = now.toISOString();
      const expiresAt = new Date(now.getTime() + expiresAfterSeconds * 1000).toISOString();
      await inTransaction(database, lockJob(jobId), async (transaction) => {
        const { numInsertedOrUpdatedRows = 0n } = await transaction
          .insertInto('approvals')
          .values({
            job_id: jobId,
            request_id: requestId,
            step_id: stepId,
            call_id: callId,
            question,
            url,
            screenshot_name: screenshot.name,
            screenshot_sha256: screenshot.sha256,
            state: 'open',
            asked_at: at,
            expires_at: expiresAt,
            decided_at: null,
            decided_by: null,
            note: null,
          })
          .onConflict((conflict) => conflict.columns(['job_id', 'request_id']).doNothing())
          .executeTakeFirstOrThrow();
        if (numInsertedOrUpdatedRows === 0n) return;
        const data = { requestId, url, expiresAt };
        await insertEvent(transaction, {
          jobId,
          stepId,
          type: 'approval.asked',
          message: `asks a person: ${question}`,
          data,
          at,
        });
      });
    },
    async decide(jobId, { requestId, decision, by, note }, now) {
      const at = now.toISOString();
      const state = decision === 'approve' ? 'approved' : 'refused';
      return inTransaction(database, lockJob(jobId), async (transaction) => {
        const row = await transaction
          .updateTable('approvals')
          .set({ state, decided_at: at, decided_by: by, note })
          .where('job_id', '=', jobId)
          .where('request_id', '=', requestId)
          .where('state', '=', 'open')
          .returning(['step_id', 'question'])
          .executeTakeFirst();
        if (row === undefined) return false;
        const message = `${state} by ${by}: ${row.question}${note === null ? '' : ` (${note})`}`;
        await insertEvent(transaction, {
          jobId,
          stepId: row.step_id,
          type: `approval.${state}`,
          message,
          data: { requestId, by },
          at,
        });
        return true;
      });
    },
    async find(jobId, requestId) {
      const row = await database
        .selectFrom('approvals')
        .selectAll()
        .where('job_id', '=', jobId)
        .where('request_id', '=', requestId)
        .executeTakeFirst();
      return row === undefined ? null : approvalView(row);
    },
    async open(limit) {
      const rows = await database
        .selectFrom('approvals')
        .selectAll()
        .where('state', '=', 'open')
        .orderBy('asked_at')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ jobId: row.job_id, approval: approvalView(row) }));
    },
  };
}

export function approvalView(row: Selectable<Tables['approvals']>): ApprovalView {
  return ApprovalViewSchema.parse({
    requestId: row.request_id,
    step: row.step_id,
    state: row.state,
    question: row.question,
    url: row.url,
    screenshot: { name: row.screenshot_name, sha256: row.screenshot_sha256 },
    askedAt: row.asked_at,
    expiresAt: row.expires_at,
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
    note: row.note,
  });
}
