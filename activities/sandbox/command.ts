/** A command that contains hostile code. It writes one byte to its result's descriptor once it waits for a request. */
export interface Command {
  readonly file: string;
  readonly parameters: readonly string[];
  /** Of the descriptors that it reads or writes. */
  readonly highestDescriptor: number;
}

/** The descriptor that the readiness and the result come from. */
export const resultDescriptor = 3;

/**
 * Runs a command so that it dies with this process from its first moment. bubblewrap binds its life later, when it has started
 * processes already.
 */
export function boundToUs(parameters: readonly string[]): Pick<Command, 'file' | 'parameters'> {
  return { file: 'setpriv', parameters: ['--pdeathsig', 'KILL', ...parameters] };
}
