/** Loaded into a process before its own main module: tells its longest delay of the event loop when it is asked. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', () => {
  process.send?.({ milliseconds: delay.max / 1e6 });
  delay.reset();
});
