/** Performs the actions of one computer call in order, marking each before and after, so that a crash can tell. */
import type { Computer } from '../../ports.ts';
import { ActionProblem, describeAction, type ComputerAction } from '../actions.ts';
import type { PendingCall } from './checkpoint.ts';

/** How far a batch has come: `begun` says that the action after the `done` ones may have happened. */
export interface BatchProgress {
  readonly done: number;
  readonly begun: boolean;
  /** Why that action could not be done, once that is known. */
  readonly problem: string | null;
}

/** What a person is asked before an action: in words, and the words on its control. */
export interface Question {
  readonly question: string;
  readonly words: string | null;
}

export interface BatchRequest {
  readonly call: PendingCall;
  readonly computer: Computer;
  readonly signal: AbortSignal;
  /** Makes files ready that a page is to be handed; no page sees them by that. */
  readonly provide: (names: readonly string[]) => Promise<void>;
  readonly mark: (progress: BatchProgress) => Promise<void>;
  /** What a person must be asked before an action; null when nothing. */
  readonly questionBefore: (action: ComputerAction, index: number) => Promise<Question | null>;
  /** Why an action is not for the model at all; null when it is. */
  readonly forPerson: (action: ComputerAction, index: number) => Promise<string | null>;
}

export interface BatchResult {
  /** What the model must be told. */
  readonly notes: readonly string[];
  /** Set when the batch stopped before an action that needs a person. */
  readonly question: Question | null;
  /** Set when it stopped before an action that is left to a person. */
  readonly forPerson: string | null;
}

/**
 * Performs the actions that are not done yet. One that could not be done ends the batch, since those after it were chosen
 * for a screen that now is another. Any other error (a browser that died) is thrown.
 */
export async function performCall(request: BatchRequest): Promise<BatchResult> {
  const { call, computer, signal, mark } = request;
  const stoppedAt = (index: number, why: string): BatchResult => ({ ...nothing, notes: [notDone(index, call, why)] });
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

const nothing: BatchResult = { notes: [], question: null, forPerson: null };

function notDone(index: number, call: PendingCall, why: string): string {
  const rest = call.actions.length - index - 1;
  const others = rest === 0 ? '' : ` The ${rest} action${rest === 1 ? '' : 's'} after it did not run.`;
  return `Action ${index + 1} of ${call.actions.length} could not be done: ${why}.${others}`;
}
