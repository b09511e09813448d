/** A process must not end because its output is no longer read (`npm start | tee log`, when `tee` has ended). */

/** Applies from now on, for both outputs. */
export function bearUnreadOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}
