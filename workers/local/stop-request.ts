/** The signals by which people and systems ask a process to stop, as a promise that one can race against. */

/** What is thrown when a start is broken off because a stop was asked for. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/**
 * Resolves at the first Ctrl-C, SIGTERM or SIGHUP. Further ones change nothing: npm repeats a Ctrl-C that the terminal has
 * sent already, and stopping takes no longer than its parts are given.
 */
export async function stopRequest(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
}
