/**
 * The questions that a running job asks people. While a question is open only a timer runs, so the wait outlives every
 * worker. An answer that is late, repeated or to an unknown question is rejected before it enters the history.
 */
import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { ApprovalAnswer, ApprovalRejection, ApprovalRequest } from './contract/computer-use/approvals.ts';

interface Question {
  readonly stepId: string;
  readonly request: ApprovalRequest;
  state: 'open' | 'decided' | 'expired' | 'closed';
  answer: ApprovalAnswer | null;
}

export class Approvals {
  private readonly questions = new Map<string, Question>();
  private readonly changed: () => void;

  /** `changed` is called whenever a question is asked or closed. */
  constructor(changed: () => void) {
    this.changed = changed;
  }

  /** The open question of a step. */
  openFor(stepId: string): ApprovalRequest | null {
    const open = [...this.questions.values()].find((question) => question.stepId === stepId && isOpen(question));
    return open?.request ?? null;
  }

  get anyOpen(): boolean {
    return [...this.questions.values()].some(isOpen);
  }

  /** Waits for a person's answer. Null when nobody answered in time. */
  async ask(stepId: string, request: ApprovalRequest): Promise<ApprovalAnswer | null> {
    const question: Question = { stepId, request, state: 'open', answer: null };
    this.questions.set(request.requestId, question);
    this.changed();
    try {
      const limit = request.expiresAfterSeconds * 1000;
      await condition(() => question.answer !== null, limit, { summary: 'how long a person is waited for' });
      if (question.answer === null) question.state = 'expired';
      return question.answer;
    } finally {
      if (isOpen(question)) question.state = 'closed';
      this.changed();
    }
  }

  /** Rejects an answer that cannot be accepted, with a failure whose type says why. */
  check({ requestId, decision }: ApprovalAnswer): void {
    const question = this.questions.get(requestId);
    if (question === undefined) throw rejection('approval_unknown', `the job asks nothing as ${requestId}`);
    if (decision !== 'approve' && decision !== 'refuse') {
      throw rejection('approval_unknown', `an answer is approve or refuse, not ${String(decision)}`);
    }
    if (question.state === 'expired') throw rejection('approval_expired', `nobody answered ${requestId} in time`);
    if (question.state === 'closed') throw rejection('approval_decided', `${requestId} is no longer asked`);
    if (question.answer !== null) {
      const { by, decision: before } = question.answer;
      throw rejection('approval_decided', `${requestId} was answered before: ${before} by ${by}`);
    }
  }

  /** Accepts an answer that was checked. */
  decide(answer: ApprovalAnswer): void {
    const question = this.questions.get(answer.requestId);
    if (question === undefined) return;
    question.answer = answer;
    question.state = 'decided';
  }
}

function isOpen({ state }: Question): boolean {
  return state === 'open';
}

function rejection(type: ApprovalRejection, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true });
}
