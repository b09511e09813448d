/** What the command's exit code says. Scripts depend on these numbers. */
export const exitCodes = {
  ok: 0,
  notCompleted: 1,
  usage: 2,
  apiUnreachable: 3,
  temporalUnreachable: 4,
  notFound: 5,
  refused: 6,
  unexpected: 7,
} as const;

export const exitCodeHelp = `
Exit codes:
  0  done; with --wait or --watch: the job or batch completed
  1  with --wait, --watch or watch: it ended otherwise than completed
  2  the command line or a file is not right
  3  the API cannot be reached (is it running? npm start)
  4  the API is there, Temporal or a worker is not: what was submitted is kept and starts by itself; an answer to an
     approval, a change of a batch or its items may be sent again
  5  there is no such job, batch, lead magnet, artifact or question
  6  the API refused: the problems are listed
  7  anything else
`;

/** Ends the command with a sentence on standard error and a code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The connection was lost once it stood: what was asked for may have been done. Safe to ask again under the same key. */
export class LostAnswer extends CommandError {
  constructor(message: string) {
    super(message, exitCodes.apiUnreachable);
  }
}
