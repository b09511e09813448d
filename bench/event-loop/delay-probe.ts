/** Loaded into a process before its own main module: reports its longest event-loop delay on request. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', () => {
  process.send?.({ milliseconds: delay.max / 1e6 });
  delay.reset();
});
