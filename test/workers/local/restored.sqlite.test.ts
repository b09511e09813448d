/** A backup of a running installation, by the command line, and what becomes of its work under way once it is restored. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import { expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { processesOf } from '../../../chaos/processes/processes.ts';
import { freePorts } from '../../../demo/run/free-ports.ts';
import { startLocalStack } from '../../support/processes/local-stack.ts';
import { temporaryFolder } from '../../support/temporary-store.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const patience = { timeout: 120_000, interval: 200 };

/** Takes webhooks: `/held` is answered only once nothing is held any more. Keeps the key of each. */
async function webhooks() {
  const keys: Record<string, string[]> = { '/held': [], '/quick': [] };
  let held = true;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    keys[path]?.push(String(request.headers['idempotency-key']));
    if (path === '/quick' || !held) response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = z.object({ port: z.int() }).parse(server.address()) satisfies Pick<AddressInfo, 'port'>;
  return { origin: `http://127.0.0.1:${port}`, keys, answer: () => void (held = false) };
}

/** Takes mails and never says so. */
async function silentMailServer() {
  let mails = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream) {
      stream.resume().on('end', () => (mails += 1));
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  server.on('error', () => undefined);
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = z.object({ port: z.int() }).parse(server.server.address());
  return { url: `smtp://127.0.0.1:${port}`, mails: () => mails };
}

const JobBody = z.object({
  outcome: z.string().nullable(),
  deliveries: z.array(z.object({ state: z.string(), reason: z.object({ type: z.string() }).nullable() })),
});

it(
  'a job under way at the moment of a backup ends after the restore, and no effect is repeated silently',
  { timeout: 400_000 },
  async () => {
    const [hooks, mail] = [await webhooks(), await silentMailServer()];
    const shared = { LODESTONE_ALLOW_PRIVATE_ORIGINS: hooks.origin, LODESTONE_SMTP_URL: mail.url };
    const start = async (folder: string) => {
      const [api] = await freePorts(1);
      const settings = { ...shared, LODESTONE_DATA_DIR: folder, LODESTONE_API_PORT: String(api) };
      const stack = await startLocalStack(settings);
      await stack.said('Ctrl-C stops all.');
      return `http://127.0.0.1:${api}`;
    };
    const [first, second] = [await temporaryFolder(), await temporaryFolder()];
    const file = join(await temporaryFolder(), 'backup.tar');
    const api = await start(first);
    const step = (path: string) => ({ id: 'tell', kind: 'webhook', url: `${hooks.origin}${path}` });
    const deliver = [{ kind: 'email', to: 'ada@example.com', subject: 'Done', text: 'It is done.' }];
    const network = { navigate: [hooks.origin] };
    const hook = await submitted(api, { slug: 'hook', name: 'Hook', network, steps: [step('/held')] });
    const mailed = await submitted(api, { slug: 'mail', name: 'Mail', network, steps: [step('/quick')], deliver });
    await vi.waitFor(() => expect([hooks.keys['/held']?.length, mail.mails()]).toEqual([1, 1]), patience);

    const made = await lodestone(first, 'backup', file);
    expect(made).toContain('2 databases');
    for (const { pid } of await processesOf(first)) process.kill(pid, 'SIGKILL');
    expect(await lodestone(second, 'restore', file)).toContain('restored the backup');
    hooks.answer();
    const restored = await start(second);

    const ended = async (id: string) => {
      const read = async () => JobBody.parse(await (await fetch(`${restored}/v1/jobs/${id}`)).json());
      await vi.waitFor(async () => expect((await read()).outcome).not.toBeNull(), patience);
      return read();
    };
    expect((await ended(hook)).outcome).toBe('completed');
    // Sent again under the key of the first time, by which the receiver knows it.
    const [key] = hooks.keys['/held'] ?? [];
    expect(hooks.keys['/held']).toEqual([key, key]);
    await vi.waitFor(
      async () =>
        expect((await ended(mailed)).deliveries).toMatchObject([
          { state: 'uncertain', reason: { type: 'effect_uncertain' } },
        ]),
      patience,
    );
    expect([mail.mails(), hooks.keys['/quick']?.length]).toEqual([1, 1]);
  },
);

async function submitted(api: string, definition: { readonly slug: string } & Record<string, unknown>) {
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const form = { fields: [{ id: 'email', label: 'Mail', type: 'email', required: true }] };
  await post('/v1/lead-magnets', { form, ...definition });
  const body = await post(`/v1/lead-magnets/${definition.slug}/submissions`, { form: { email: 'ada@example.com' } });
  return z.object({ id: z.string() }).parse(body).id;
}

/** Runs the command on a data folder. Returns what it says to people. */
async function lodestone(dataFolder: string, ...parameters: readonly string[]): Promise<string> {
  const env = { ...process.env, LODESTONE_DATA_DIR: dataFolder };
  const run = promisify(execFile);
  const { stderr } = await run(process.execPath, ['client/cli/main.ts', ...parameters], { cwd: root, env });
  return stderr;
}
