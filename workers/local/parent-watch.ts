/**
 * Loaded before a child process's own code (`--import`): when the parent process has died in any way, the child stops
 * itself through its own signal handler, as if it had been asked to. It also answers its parent's question whether its
 * event loop works.
 */
import { isMainThread } from 'node:worker_threads';
import { bearUnreadOutput } from './unread-output.ts';

/** A child that has not ended by then hangs, and no other process is left to end it. */
const patienceMilliseconds = 25_000;

// The threads of a worker load this too, and have no channel to a parent.
if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    // Its output went to the parent; a closed output must not prevent it from stopping in order.
    bearUnreadOutput();
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), patienceMilliseconds).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // A parent that is gone needs no answer.
  process.on('message', () => process.send?.('pong', undefined, undefined, () => undefined));
  // Watching does not keep the process alive.
  process.channel.unref();
}
