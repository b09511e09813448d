/**
 * Loaded before a child process's own code (`--import`): when the process that started it is gone, by whatever death, the
 * child stops itself by its own signal handler, as it would have been asked to. It also answers its parent's question
 * whether its event loop goes round.
 */
import { isMainThread } from 'node:worker_threads';
import { bearUnreadOutput } from './unread-output.ts';

/** A child that has not ended by then hangs, and nobody else is left to end it. */
const patienceMilliseconds = 25_000;

// The threads of a worker load this too, and have no channel to a parent of their own.
if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    // Its words went to the parent; that no one reads them any more must not keep it from ending in order.
    bearUnreadOutput();
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), patienceMilliseconds).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // A parent that is gone needs no answer.
  process.on('message', () => process.send?.('pong', undefined, undefined, () => undefined));
  // Watching is no reason to stay.
  process.channel.unref();
}
