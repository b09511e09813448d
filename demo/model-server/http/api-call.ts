/** A request to the API in the form that its routes receive. */
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
