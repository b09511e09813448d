/** A request that is meant to hold an API up, and the answer that it must get. */
export interface HostileInput {
  readonly name: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
  readonly status: number;
  /** Found in the answer. */
  readonly says: string;
}
