/** Builds the record of a turn that people see from the checkpoint that is saved at the same moment. */
import { shortenText } from '../../../workflows/contract/cut-text.ts';
import type { Answered, Looked, TurnChange } from '../../../store/computer-use/computer-turns.ts';
import type { TurnAction } from '../../../workflows/contract/computer-use/computer-turn.ts';
import type { Usage } from '../../../workflows/contract/usage.ts';
import { describeAction, type ComputerAction } from '../actions.ts';
import type { Checkpoint, PendingCall } from './checkpoint.ts';

/** What the loop adds to a turn's record beyond the checkpoint. */
export type TurnPart =
  | { readonly type: 'looked'; readonly notes: readonly string[] }
  | { readonly type: 'answered'; readonly text: string; readonly usage: Usage };

const longestText = 4000;
const longestNote = 1000;

/**
 * The parts of a turn that a checkpoint changes; null when it changes none, for example when only a warning was saved.
 */
export function turnOf(
  before: Checkpoint,
  after: Checkpoint,
  part: TurnPart | undefined,
  screenshotSha256: string,
): Pick<TurnChange, 'iteration' | 'activeMilliseconds' | 'looked' | 'answered' | 'actions'> | null {
  const { iteration, activeMilliseconds } = after;
  if (part?.type === 'looked') {
    const looked = lookedOf(after, part.notes, screenshotSha256);
    return { iteration: iteration + 1, activeMilliseconds, looked };
  }
  const actions = after.call === null ? [] : actionsOf(after.call);
  if (part?.type === 'answered') {
    return { iteration, activeMilliseconds, answered: answeredOf(after, part), actions };
  }
  // A refused call gives way to the one before it, whose turn has ended.
  const another = before.call !== null && after.call?.callId !== before.call.callId;
  return after.call === before.call || another || after.asking ? null : { iteration, activeMilliseconds, actions };
}

function lookedOf(checkpoint: Checkpoint, notes: readonly string[], sha256: string): Looked {
  return {
    url: checkpoint.url ?? '',
    screenshot: { name: checkpoint.screenshot ?? '', sha256 },
    notes: notes.map((note) => shortenText(note, longestNote)),
    spentUsd: checkpoint.usage.costUsd,
  };
}

function answeredOf(checkpoint: Checkpoint, { text, usage }: TurnPart & { type: 'answered' }): Answered {
  return {
    responseId: checkpoint.responseId ?? '',
    text: shortenText(text, longestText),
    usage,
    spentUsd: checkpoint.usage.costUsd,
  };
}

function actionsOf({ actions, done, begun, problem, refused }: PendingCall): readonly TurnAction[] {
  return actions.map((action, index) => {
    const current = index === done;
    const outcome = index < done ? 'done' : current ? outcomeOfNext({ begun, problem, refused }) : 'not_run';
    return { ...drawn(action), outcome, problem: current ? problem : null };
  });
}

/** The outcome of the action after the first `done` ones. */
function outcomeOfNext({ begun, problem, refused }: Pick<PendingCall, 'begun' | 'problem' | 'refused'>) {
  if (problem !== null) return 'problem';
  if (refused) return 'refused';
  return begun ? 'uncertain' : 'not_run';
}

function drawn(action: PendingCall['actions'][number]): Omit<TurnAction, 'outcome' | 'problem'> {
  const nowhere = { points: [], scroll: null, text: null };
  if (action.type === 'unknown') return { type: 'unknown', described: action.described, ...nowhere };
  return { type: action.type, described: describeAction(action), ...nowhere, ...placeOf(action) };
}

function placeOf(action: ComputerAction): Partial<Pick<TurnAction, 'points' | 'scroll' | 'text'>> {
  switch (action.type) {
    case 'click':
    case 'double_click':
    case 'move':
      return { points: [{ x: action.x, y: action.y }], text: held(action.keys) };
    case 'drag':
      return { points: action.path.map(({ x, y }) => ({ x, y })), text: held(action.keys) };
    case 'scroll': {
      const scroll = { x: action.scroll_x, y: action.scroll_y };
      return { points: [{ x: action.x, y: action.y }], scroll, text: held(action.keys) };
    }
    case 'keypress':
      return { text: action.keys.join('+') };
    case 'type':
      return { text: shortenText(action.text, longestText) };
    case 'choose_files':
      return { text: shortenText(action.files.join(', '), longestText) };
    case 'wait':
    case 'screenshot':
      return {};
  }
}

function held(keys: readonly string[]): string | null {
  return keys.length === 0 ? null : keys.join('+');
}
