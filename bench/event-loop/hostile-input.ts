/** A request that is meant to hold an API up, and the answer that it must get. */
export interface HostileInput {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  /** Null for what is asked for by GET. */
  readonly body: string | null;
  readonly status: number;
  /** Found in the answer. */
  readonly says: string;
}
