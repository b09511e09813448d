/** A command that contains hostile code. */
export interface Command {
  readonly file: string;
  readonly parameters: readonly string[];
}
