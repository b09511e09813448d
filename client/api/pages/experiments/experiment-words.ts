/** Words for people about experiments and their phases. */
import type { ExperimentPhase } from '../../../../workflows/contract/experiments/experiment.ts';
import type { ExperimentLine } from '../../../../workflows/contract/experiments/view.ts';
import { visibleText } from './foreign-text.ts';

export const phaseTitles: Readonly<Record<ExperimentPhase, string>> = {
  dispatch: 'Make the video',
  write: 'Write the code',
  encode: 'Encode',
  decode: 'Decode',
  score: 'Score',
  store: 'Store',
};

/** What goes on now, or empty after the end. */
export function underWay({ state, phase, round, rounds }: ExperimentLine): string {
  if (state === 'created') return 'waits for a worker';
  if (state !== 'processing') return '';
  const title = phase === null ? 'between two phases' : phaseTitles[phase].toLowerCase();
  return rounds > 1 && round > 0 ? `round ${round} of ${rounds}: ${title}` : title;
}

export function experimentTitle({ id, name }: Pick<ExperimentLine, 'id' | 'name'>): string {
  return visibleText(name ?? id);
}
