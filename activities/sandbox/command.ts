/** A command that contains hostile code. It writes one byte to its result's descriptor once it waits for a request. */
export interface Command {
  readonly file: string;
  readonly parameters: readonly string[];
  /** Whom the host starts it as; null for this process's own user. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
  /** Bytes that it needs to become ready, by descriptor. */
  readonly preparation: ReadonlyMap<number, Uint8Array>;
  /** Nothing contains what it starts: its group of processes is ended with it. */
  readonly ownGroup: boolean;
}

/** The descriptor that the readiness and the result come from. */
export const resultDescriptor = 3;

/** The descriptor that bubblewrap reads the seccomp filter from. */
export const filterDescriptor = 4;

/**
 * Runs a command so that it dies with this process from its first moment. bubblewrap binds its life later, when it has started
 * processes already. A crash leaves no core dump: the kernel would hand it, and a process that hostile code has prepared, to a program
 * of the host, as root. Its limit of one byte is the one that forbids that, too; zero does not.
 * `limits` are further parameters of `prlimit`.
 */
export function boundToUs(
  parameters: readonly string[],
  limits: readonly string[] = [],
): Pick<Command, 'file' | 'parameters'> {
  return { file: 'setpriv', parameters: ['--pdeathsig', 'KILL', 'prlimit', '--core=1:1', ...limits, ...parameters] };
}
