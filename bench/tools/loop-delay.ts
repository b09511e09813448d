/** Loaded into a process before it starts: at each SIGUSR2 it writes the delays of its event loop since the last one. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const folder = process.env['BENCH_DELAY_FOLDER'];
const nanosecondsInMillisecond = 1e6;

if (isMainThread && folder !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: 10 });
  delays.enable();
  process.on('SIGUSR2', () => {
    const p99 = delays.percentile(99) / nanosecondsInMillisecond;
    const longest = delays.max / nanosecondsInMillisecond;
    const file = join(folder, `${process.pid}.json`);
    writeFileSync(`${file}.part`, JSON.stringify({ p99, longest }));
    renameSync(`${file}.part`, file);
    delays.reset();
  });
}
