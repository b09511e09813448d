/**
 * A worker without supervision is stopped (SIGSTOP) in the middle of its work and continued a minute later, after
 * another worker has taken over its work, as happens after a suspended machine or a hung disk. Nothing that it still
 * tries to do may take effect.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../demo/run/free-ports.ts';
import { startWorld } from '../../demo/run/world.ts';
import { spawnChild, type Child } from '../../workers/local/child.ts';
import { spawnTemporalServer } from '../../workers/local/temporal-server.ts';
import { toolPath } from '../../workers/local/tools.ts';
import { modelLatencyMilliseconds } from './run.ts';
import { judge, type Verdict } from './verdict.ts';
import { prepareWork } from './work.ts';

const root = join(import.meta.dirname, '..', '..');

export async function stopLoneWorker(request: {
  /** An empty folder. */
  readonly folder: string;
  readonly stoppedMilliseconds: number;
  readonly jobs: number;
  readonly items: number;
  readonly say: (line: string) => void;
}): Promise<Verdict> {
  const { folder, say } = request;
  const [port = 0, uiPort = 0, apiPort = 0] = await freePorts(3);
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const world = await startWorld({ folder, openAiKey: undefined, modelLatencyMilliseconds, apiUrl });
  const dataFolder = join(folder, 'data');
  const environment = {
    ...process.env,
    ...world.environment,
    TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
    LODESTONE_DATA_DIR: dataFolder,
    LODESTONE_API_PORT: String(apiPort),
    LODESTONE_LOG_LEVEL: 'error',
  };
  const children: Child[] = [];
  const start = async (child: Child): Promise<Child> => {
    children.push(child);
    await child.ready;
    return child;
  };
  const startWorker = (name: string): Promise<Child> =>
    start(spawnChild({ name, file: join(root, 'workers/main.ts'), parameters: ['--queues', 'jobs,llm'], environment }));
  try {
    await start(spawnTemporalServer({ executable: toolPath('temporalCli'), port, uiPort, dataFolder }));
    await start(spawnChild({ name: 'api', file: join(root, 'client/api/main.ts'), environment }));
    const first = await startWorker('first worker');
    const work = await prepareWork({ apiUrl, folder, world });
    await work.submit(request.jobs, request.items);
    process.kill(first.pid, 'SIGSTOP');
    const continues = delay(request.stoppedMilliseconds);
    say('SIGSTOP to the only worker; another is started');
    await startWorker('second worker');
    await continues;
    process.kill(first.pid, 'SIGCONT');
    say(`SIGCONT to it after ${request.stoppedMilliseconds / 1000} s`);
    // Both workers run now; either may take new work.
    await work.submit(request.jobs, request.items);
    return judge(world, await work.ended());
  } finally {
    await Promise.all(children.map((child) => child.kill()));
    await world.close();
  }
}
