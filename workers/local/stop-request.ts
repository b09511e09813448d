/** The signals by which people and systems ask a process to stop, as promises that one can race against. */

/** What is thrown when a start is broken off because a stop was asked for. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export interface StopRequest {
  /** Resolves at the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly asked: Promise<void>;
  /** Resolves when it is asked for again: whoever asks does not want to wait. */
  readonly forced: Promise<void>;
}

/** npm repeats a Ctrl-C that the terminal has sent already, at once; that is no second request. */
const sameRequestMilliseconds = 1_000;

/** Listens from now on. */
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
