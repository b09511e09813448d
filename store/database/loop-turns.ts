/**
 * Lets the event loop go on between statements. SQLite answers at once, so many callers with a few statements each, such as fifty
 * requests that begin together, would otherwise be one long piece of work, during which no timer and no socket is served.
 */
import { setImmediate as onImmediate } from 'node:timers';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** After this long in one turn of the loop, further work waits for the next. */
const mostMilliseconds = 5;

export type TakeTurn = () => Promise<void>;

/** Whoever calls it must wait for one turn before taking another; the driver's only connection sees to that. */
export function createLoopTurns(most = mostMilliseconds): TakeTurn {
  let began: number | null = null;
  return async () => {
    if (began !== null && performance.now() - began >= most) await nextTurn();
    if (began !== null) return;
    began = performance.now();
    onImmediate(() => {
      began = null;
    });
  };
}
