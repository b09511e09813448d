/** Performs the actions of one computer call in order, marking each before and after, so that a crash can tell. */
import type { Computer, ComputerCall } from '../ports.ts';
import { ActionProblem, describeAction } from './actions.ts';

/** How far a batch has come: `begun` says that the action after the `done` ones may have happened. */
export interface BatchProgress {
  readonly done: number;
  readonly begun: boolean;
  /** Why that action could not be done, once that is known. */
  readonly problem: string | null;
}

/**
 * Returns what the model must be told: an action that could not be done ends the batch, since those after it were
 * chosen for a screen that now is another. Any other error (a browser that died) is thrown.
 */
export async function performCall(
  call: ComputerCall,
  computer: Computer,
  signal: AbortSignal,
  mark: (progress: BatchProgress) => Promise<void>,
): Promise<readonly string[]> {
  for (const [index, action] of call.actions.entries()) {
    signal.throwIfAborted();
    if (action.type === 'unknown') {
      const problem = `${action.described} is not an action of this tool`;
      await mark({ done: index, begun: false, problem });
      return [notDone(index, call, problem)];
    }
    const changesNothing = action.type === 'screenshot' || action.type === 'wait';
    if (!changesNothing) await mark({ done: index, begun: true, problem: null });
    try {
      await computer.perform(action, signal);
    } catch (error) {
      if (!(error instanceof ActionProblem)) throw error;
      await mark({ done: index, begun: false, problem: error.message });
      return [notDone(index, call, `${describeAction(action)}: ${error.message}`)];
    }
    await mark({ done: index + 1, begun: false, problem: null });
  }
  return [];
}

function notDone(index: number, call: ComputerCall, why: string): string {
  const rest = call.actions.length - index - 1;
  const others = rest === 0 ? '' : ` The ${rest} action${rest === 1 ? '' : 's'} after it did not run.`;
  return `Action ${index + 1} of ${call.actions.length} could not be done: ${why}.${others}`;
}
