/**
 * Loaded into a process before it starts: at each SIGUSR2 it writes the delays of its event loop since the last one. On a machine
 * that others use as well, a delay is mostly the wait for a processor; so the processor time that the process itself used between two
 * ticks is written too.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHistogram, monitorEventLoopDelay, type RecordableHistogram } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const folder = process.env['BENCH_DELAY_FOLDER'];
const nanosecondsInMillisecond = 1e6;
const tickMilliseconds = 10;

/** Records the processor time that the main thread uses between two ticks, in microseconds. */
function recordUse(): RecordableHistogram {
  const uses = createHistogram();
  let before = process.threadCpuUsage();
  const tick = (): void => {
    const { user, system } = process.threadCpuUsage();
    uses.record(Math.max(1, Math.round(user - before.user + system - before.system)));
    before = { user, system };
  };
  setInterval(tick, tickMilliseconds).unref();
  return uses;
}

if (isMainThread && folder !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: tickMilliseconds });
  delays.enable();
  const uses = recordUse();
  process.on('SIGUSR2', () => {
    const p99 = delays.percentile(99) / nanosecondsInMillisecond;
    const longest = delays.max / nanosecondsInMillisecond;
    const used = { p99: uses.percentile(99) / 1000, longest: uses.max / 1000 };
    const file = join(folder, `${process.pid}.json`);
    writeFileSync(`${file}.part`, JSON.stringify({ p99, longest, used }));
    renameSync(`${file}.part`, file);
    delays.reset();
    uses.reset();
  });
}
