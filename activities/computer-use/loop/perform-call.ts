/**
 * Performs the actions of one computer call in order. Each action is recorded before and after, so that after a crash
 * it is known which actions ran.
 */
import type { Computer } from '../../ports.ts';
import { ActionProblem, describeAction, type ComputerAction } from '../actions.ts';
import type { PendingCall } from './checkpoint.ts';

/** The progress of a call: `begun` says that the action after the first `done` ones may have run. */
export interface CallProgress {
  readonly done: number;
  readonly begun: boolean;
  /** Why that action could not be performed, once that is known. */
  readonly problem: string | null;
}

/** The question to a person about an action, and the words on the action's control. */
export interface Question {
  readonly question: string;
  readonly words: string | null;
}

export interface CallRequest {
  readonly call: PendingCall;
  readonly computer: Computer;
  readonly signal: AbortSignal;
  /** Prepares files for a page; this alone gives no page access to them. */
  readonly provide: (names: readonly string[]) => Promise<void>;
  readonly mark: (progress: CallProgress) => Promise<void>;
  /** The question to ask a person before an action; null when none is needed. */
  readonly questionBefore: (action: ComputerAction, index: number) => Promise<Question | null>;
  /** Why only a person may perform an action; null when the model may. */
  readonly forPerson: (action: ComputerAction, index: number) => Promise<string | null>;
}

export interface CallResult {
  /** Notes for the model. */
  readonly notes: readonly string[];
  /** Set when the call stopped before an action that needs approval. */
  readonly question: Question | null;
  /** Set when the call stopped before an action that only a person may perform. */
  readonly forPerson: string | null;
}

/**
 * Performs the actions that were not performed yet. An action that cannot be performed ends the call, because the
 * later ones were chosen for a screen that now differs. Any other error (such as a browser that died) is thrown.
 */
export async function performCall(request: CallRequest): Promise<CallResult> {
  const { call, computer, signal, mark } = request;
  const stoppedAt = (index: number, why: string): CallResult => ({ ...nothing, notes: [notDone(index, call, why)] });
  for (const [index, action] of call.actions.entries()) {
    if (index < call.done) continue;
    signal.throwIfAborted();
    if (action.type === 'unknown') {
      const problem = `${action.described} is not an action of this tool`;
      await mark({ done: index, begun: false, problem });
      return stoppedAt(index, problem);
    }
    const question = await request.questionBefore(action, index);
    if (question !== null) return { ...nothing, question };
    const forPerson = await request.forPerson(action, index);
    if (forPerson !== null) return { ...nothing, forPerson };
    const changesNothing = action.type === 'screenshot' || action.type === 'wait';
    try {
      if (action.type === 'choose_files') await request.provide(action.files);
      if (!changesNothing) await mark({ done: index, begun: true, problem: null });
      await computer.perform(action, signal);
    } catch (error) {
      if (!(error instanceof ActionProblem)) throw error;
      await mark({ done: index, begun: false, problem: error.message });
      return stoppedAt(index, `${describeAction(action)}: ${error.message}`);
    }
    await mark({ done: index + 1, begun: false, problem: null });
  }
  return nothing;
}

const nothing: CallResult = { notes: [], question: null, forPerson: null };

function notDone(index: number, call: PendingCall, why: string): string {
  const rest = call.actions.length - index - 1;
  const others = rest === 0 ? '' : ` The ${rest} action${rest === 1 ? '' : 's'} after it did not run.`;
  return `Action ${index + 1} of ${call.actions.length} could not be done: ${why}.${others}`;
}
