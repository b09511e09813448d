/** What is told of a delivery that was sent, besides that it was. */
export interface Sent {
  /** By which redirects it went, as the end of a sentence; empty when it went straight. */
  readonly way: string;
  /** Receivers that the mail server did not take, while it took others: a sentence each. */
  readonly refused: readonly string[];
}
