/** The times of a session in its checkpoints, with the wait for the answer to a question, which spans two activities. */
import type { Checkpoint } from '../loop/checkpoint.ts';
import { Stopwatch } from './stopwatch.ts';

type Kept = Pick<Checkpoint, 'times' | 'askedAt'>;

export class SessionTimes extends Stopwatch {
  private askedAt: number | null;
  private question: number | null;

  /** Continues from a checkpoint; `isAnswered`: whether a person has answered its question meanwhile. */
  constructor({ times, askedAt, approval }: Checkpoint, isAnswered: boolean) {
    const waited = isAnswered && askedAt !== null ? Math.max(0, Date.now() - askedAt) : 0;
    super({ ...times, waitingMs: times.waitingMs + waited }, () => performance.now());
    // The first checkpoint that has the wait no longer has its beginning: no later attempt counts it again.
    this.askedAt = isAnswered ? null : askedAt;
    this.question = approval?.number ?? null;
  }

  /** What the next checkpoint keeps; the time of a new question begins with it. */
  keptWith({ approval }: Checkpoint): Kept {
    const question = approval?.number ?? null;
    if (question === null) this.askedAt = null;
    else if (question !== this.question) this.askedAt = Date.now();
    this.question = question;
    return { times: this.read(), askedAt: this.askedAt };
  }
}
