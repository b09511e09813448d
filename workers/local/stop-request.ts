/** The signals by which people and systems ask a process to stop, as promises. */

/** Thrown when a start is interrupted because a stop was requested. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export interface StopRequest {
  /** Resolves at the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly asked: Promise<void>;
  /** Resolves at the second request: the user does not want to wait. */
  readonly forced: Promise<void>;
}

/** npm repeats a Ctrl-C that the terminal has already sent, at once; that does not count as a second request. */
const sameRequestMilliseconds = 1_000;

/** Starts to listen for the signals. */
export function stopRequest(): StopRequest {
  const asked = Promise.withResolvers<void>();
  const forced = Promise.withResolvers<void>();
  let askedAt: number | null = null;
  const onSignal = (): void => {
    askedAt ??= performance.now();
    if (performance.now() - askedAt >= sameRequestMilliseconds) forced.resolve();
    asked.resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return { asked: asked.promise, forced: forced.promise };
}
