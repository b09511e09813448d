/** Describes in one line what a job is doing now: its running steps, for how long they have run, and the cost so far. */
import type { Job } from '../api/client.ts';
import { duration } from '../progress/bar.ts';

const underWay: ReadonlySet<string> = new Set(['running', 'awaiting_approval']);
const open: ReadonlySet<string> = new Set([...underWay, 'waiting']);

export type JobStep = Pick<Job['steps'][number], 'id' | 'state' | 'startedAt' | 'iterations' | 'attempts' | 'note'>;
type JobNow = Pick<Job, 'id' | 'state' | 'note' | 'usage'> & { readonly steps: readonly JobStep[] };

export function jobStatus({ id, state, note, steps, usage }: JobNow, now: Date): string {
  const done = steps.filter((step) => !open.has(step.state)).length;
  const running = steps.filter((step) => underWay.has(step.state)).map((step) => stepStatus(step, now));
  return [
    `${id}  ${done} of ${steps.length} steps done`,
    ...(running.length > 0 ? running : [note ?? state]),
    `$${usage.costUsd.toFixed(4)}`,
  ].join('  ·  ');
}

function stepStatus({ id, state, startedAt, iterations, attempts, note }: JobStep, now: Date): string {
  const seconds = startedAt === null ? 0 : Math.max(0, (now.getTime() - Date.parse(startedAt)) / 1000);
  const parts = [
    state === 'awaiting_approval' ? 'waits for an approval' : duration(seconds),
    iterations > 0 ? `turn ${iterations}` : '',
    attempts > 1 ? `attempt ${attempts}` : '',
    note ?? '',
  ];
  return `${id}: ${parts.filter((part) => part !== '').join(', ')}`;
}
