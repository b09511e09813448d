/** Kills or stops each process of an installation in turn while jobs and a batch run. */
import { join } from 'node:path';
import { startWorld } from '../../demo/run/world.ts';
import { freePorts } from '../../demo/run/free-ports.ts';
import { startInstallation, type Installation, type Target } from './installation.ts';
import { judge, type Verdict } from './verdict.ts';
import { prepareWork, type Work } from './work.ts';

export interface Fault {
  readonly target: Target;
  /** With SIGSTOP, the process is killed by its supervisor because it no longer answers. */
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

export interface ProcessesReport extends Verdict {
  /** The number of faults, after each of which the part came up again. */
  readonly faults: number;
  readonly stayedUp: boolean;
  readonly exitedInOrder: boolean;
}

export interface ProcessesOrder {
  /** An empty folder. */
  readonly folder: string;
  readonly faults: readonly Fault[];
  /** The PostgreSQL database of the store; without one it is SQLite's. */
  readonly databaseUrl?: string | undefined;
  /** Work that is submitted before each fault. */
  readonly jobs: number;
  readonly items: number;
  /** Whether the worker with browsers is hit while a browser is at work. */
  readonly audits: boolean;
  readonly say: (line: string) => void;
}

export const modelLatencyMilliseconds = 700;

export async function injectProcessFaults(order: ProcessesOrder): Promise<ProcessesReport> {
  const { folder, databaseUrl } = order;
  const [temporal = 0, temporalUi = 0, api = 0] = await freePorts(3);
  const apiUrl = `http://127.0.0.1:${api}`;
  const world = await startWorld({ folder, openAiKey: undefined, modelLatencyMilliseconds, apiUrl });
  try {
    const installation = await startInstallation({
      dataFolder: join(folder, 'data'),
      ports: { temporal, temporalUi, api },
      environment: {
        ...process.env,
        LODESTONE_DATABASE_URL: databaseUrl,
        LODESTONE_LOG_LEVEL: 'error',
        ...world.environment,
      },
    });
    try {
      const work = await prepareWork({ apiUrl, folder, world });
      await injectEach(order, installation, work);
      const verdict = judge(world, await work.ended());
      const stayedUp = !installation.hasEnded();
      const exitedInOrder = (await installation.stop()) === 0;
      const ok = verdict.ok && stayedUp && exitedInOrder;
      return { ...verdict, faults: order.faults.length, stayedUp, exitedInOrder, ok };
    } finally {
      await installation.stop();
    }
  } finally {
    await world.close();
  }
}

/** Injects each fault while jobs and a batch are under way. */
async function injectEach(order: ProcessesOrder, installation: Installation, work: Work): Promise<void> {
  for (const { target, signal } of order.faults) {
    if (order.audits && target === 'worker browser') await work.submitAudit();
    if (target === 'worker sandbox') await work.submitCode();
    await work.submit(order.jobs, order.items);
    const began = Date.now();
    const pid = await installation.signal(target, signal);
    await installation.upAgain(target, pid);
    order.say(`${signal} to ${target}: up again after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  }
}
