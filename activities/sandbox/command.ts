/** A command that contains hostile code. */
export interface Command {
  readonly file: string;
  readonly parameters: readonly string[];
  /** Of the descriptors that it reads or writes. */
  readonly highestDescriptor: number;
  /** Whether it runs as `nobody`, who owns nothing, where this process may choose. */
  readonly asNobody: boolean;
}
