/** A secret with its value, and the origins that the lead magnet binds it to: it is typed nowhere else. */
export interface BoundSecret {
  readonly name: string;
  readonly value: string;
  readonly origins: readonly string[];
}
