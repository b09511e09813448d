/** A request that is meant to block an API, and the answer that it must get. */
export interface HostileInput {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  /** The header of that name, where the route wants one. */
  readonly accept?: string;
  /** Null for a GET request. */
  readonly body: string | null;
  readonly status: number;
  /** A text that the answer contains. */
  readonly says: string;
}
