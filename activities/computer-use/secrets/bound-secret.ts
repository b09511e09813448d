/** A secret with its value, and the origins that the lead magnet binds it to: elsewhere it is not typed. */
export interface BoundSecret {
  readonly name: string;
  readonly value: string;
  readonly origins: readonly string[];
}
