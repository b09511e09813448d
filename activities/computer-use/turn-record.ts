/** Builds the record of each turn beside the checkpoint: it collects what happens between two looks. */
import type { TurnChange } from '../../store/computer-use/computer-turns.ts';
import type { RecoveryLevel } from '../../workflows/contract/jobs/job.ts';
import { describeAction } from './actions.ts';
import type { Checkpoint } from './loop/checkpoint.ts';
import { turnOf, type TurnPart } from './loop/turn.ts';
import { cutText } from '../../workflows/contract/cut-text.ts';

export interface TurnRecord {
  /** Records the recovery level at which the attempt got its browser. */
  opened(recoveryLevel: RecoveryLevel): void;
  /** Records a new screenshot, by its hash. */
  looked(sha256: string): void;
  /** Records a refused request; a page may make hundreds of them. */
  denied(message: string): void;
  /** What a new checkpoint changes in a turn's record. */
  change(before: Checkpoint, after: Checkpoint, part: TurnPart | undefined): TurnChange | undefined;
}

/** Refused requests that a turn's notes list by name; the others are counted. */
const namedDenials = 8;

export function createTurnRecord(place: Pick<TurnChange, 'jobId' | 'stepId' | 'generation' | 'attempt'>): TurnRecord {
  const denials = new Set<string>();
  let screen = '';
  let recoveryLevel: RecoveryLevel = 'fresh';
  return {
    opened(taken) {
      recoveryLevel = taken;
    },
    looked(sha256) {
      screen = sha256;
    },
    denied(message) {
      denials.add(message);
    },
    change(before, after, part) {
      const changed = turnOf(before, after, part, screen);
      if (changed === null) return undefined;
      const at = new Date().toISOString();
      if (changed.looked === undefined) return { ...place, recoveryLevel, ...changed, at };
      const notes = [...changed.looked.notes, ...named(denials)];
      denials.clear();
      return { ...place, recoveryLevel, ...changed, looked: { ...changed.looked, notes }, at };
    },
  };
}

function named(denials: ReadonlySet<string>): readonly string[] {
  const more = denials.size - namedDenials;
  return [...[...denials].slice(0, namedDenials), ...(more > 0 ? [`${more} more requests were refused`] : [])];
}

/** A response in one line, for the list of events. */
export function describeAnswer({ iteration, call }: Checkpoint, text: string): string {
  const actions = call?.actions.map((action) =>
    action.type === 'unknown' ? action.described : describeAction(action),
  );
  const line = actions === undefined ? cutText(text.replaceAll(/\s+/g, ' '), 120) : actions.join('; ');
  return `iteration ${iteration} answered: ${line}`;
}
