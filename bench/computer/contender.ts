/** What a contender of `bench:computer` does, and what is measured of it. */
import type { Figures } from './figures.ts';

export type PageName = 'text' | 'rich' | 'stamped';

export interface Session extends Figures {
  /** The largest proportional memory of all its processes, in MiB. */
  readonly memory: number;
  /** From the start to the result: of ours that of the job, of the plain loop its last answer. */
  readonly wholeMilliseconds: number;
}

export interface Contender {
  readonly name: 'ours' | 'plain' | 'plain, 500 ms';
  /** Runs one session to its end. */
  run(page: PageName, turns?: number): Promise<Session>;
}
