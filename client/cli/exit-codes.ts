/** The exit codes of the command. Scripts depend on these numbers. */
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
  0  success; with --wait or --watch: the job, batch or experiment completed
  1  with --wait, --watch or watch: it ended, but did not complete
  2  the command line or a file is wrong
  3  the API cannot be reached (is it running? npm start)
  4  the API runs, but Temporal or a worker does not: a submission is kept and starts later without a second request; an
     answer to an approval, or a change of a batch or its items, can be sent again
  5  there is no such job, batch, experiment, lead magnet, artifact or question
  6  the API refused: the problems are listed; a backup that cannot be made or restored as asked
  7  anything else
`;

/** An error that ends the command: its message goes to standard error, and its code becomes the exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The connection broke after it was made, so the API may have done what was asked. Repeat it under the same key. */
export class LostAnswer extends CommandError {
  constructor(message: string) {
    super(message, exitCodes.apiUnreachable);
  }
}
