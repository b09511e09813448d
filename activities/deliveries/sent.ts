/** What is reported about a sent delivery. */
export interface Sent {
  /** The redirects that were followed, as the end of a sentence; empty when there were none. */
  readonly way: string;
  /** Receivers that the mail server refused while it accepted others: one sentence each. */
  readonly refused: readonly string[];
}
