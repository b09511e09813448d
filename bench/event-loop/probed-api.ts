/** A separate API process, over a store with the hostile forms, whose longest event-loop delay can be queried. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { openStores } from '../../store/store.ts';
import { defaultTenant } from '../../workflows/contract/names.ts';
import { heapArguments } from '../../workers/local/heap.ts';
import type { HostileInput } from './hostile-input.ts';
import { saveForms } from './inputs.ts';

const DelaySchema = z.object({ milliseconds: z.number() });

export interface ProbedApi {
  /** Sends an input. */
  send(input: HostileInput): Promise<{ readonly status: number; readonly text: string }>;
  /** Whether the API is up; rejects when it does not answer within this many milliseconds. */
  health(withinMilliseconds: number): Promise<void>;
  /** The longest delay of its event loop since the last query. */
  longestDelay(): Promise<number>;
  stop(): Promise<void>;
}

/** The caller removes the folder. Without a database URL the store is SQLite's. No Temporal is needed: every input is answered before a job could start. */
export async function startProbedApi(folder: string, databaseUrl?: string): Promise<ProbedApi> {
  const stores = await openStores({ dataFolder: folder, databaseUrl });
  await saveForms(stores.forTenant(defaultTenant));
  await stores.close();
  const root = join(import.meta.dirname, '..', '..');
  const file = join(root, 'client/api/main.ts');
  const child = spawn(
    process.execPath,
    [...heapArguments, '--import', join(import.meta.dirname, 'delay-probe.ts'), file],
    {
      env: {
        ...process.env,
        LODESTONE_DATA_DIR: folder,
        LODESTONE_DATABASE_URL: databaseUrl,
        LODESTONE_API_PORT: '0',
        LODESTONE_LOG_LEVEL: 'silent',
        TEMPORAL_ADDRESS: '127.0.0.1:1',
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  const ended = once(child, 'exit');
  const url = await addressIn(child.stdout);
  return {
    async send({ path, type, accept, body }) {
      const headers = { 'content-type': type, ...(accept === undefined ? {} : { accept }) };
      const init = body === null ? {} : { method: 'POST', body, headers };
      const response = await fetch(new URL(path, url), init);
      return { status: response.status, text: await response.text() };
    },
    async health(withinMilliseconds) {
      const response = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(withinMilliseconds) });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`/healthz answered ${response.status}`);
    },
    async longestDelay() {
      const answer = once(child, 'message');
      child.send('delay');
      return DelaySchema.parse((await answer)[0]).milliseconds;
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function addressIn(output: NodeJS.ReadableStream | null): Promise<string> {
  if (output === null) throw new Error('the API has no output');
  for await (const line of createInterface({ input: output })) {
    if (line.startsWith('ready ')) return line.slice('ready '.length);
  }
  throw new Error('the API ended before it was ready');
}
