/** That nobody reads what a process writes any more (`npm start | tee log`, and `tee` is gone) must not end it. */

/** From now on, for both outputs. */
export function bearUnreadOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
