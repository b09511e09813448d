/** A request to the API as its routes see it. */
import type { Fault } from '../faults.ts';
import type { Notebook } from '../journal.ts';

export interface ApiCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly fault: Fault | null;
  readonly note: ReturnType<Notebook['open']>;
}
