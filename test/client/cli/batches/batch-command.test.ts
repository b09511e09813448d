/** `lodestone batch` as scripts use it: a real process, its exit codes, files streamed both ways. */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, request as forward } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { endBatch, opensBatches } from '../../api/batches/batch-work.ts';
import { runCommand, servedFolder } from '../harness.ts';

const Shown = z.object({ id: z.string(), state: z.string(), outcome: z.string().nullable(), itemCount: z.int() });

async function served() {
  const api = await servedFolder();
  const [prompt, items] = [join(api.folder, 'prompt.txt'), join(api.folder, 'items.csv')];
  await writeFile(prompt, 'Greet {{item.name}}');
  await writeFile(items, 'name\nAda\nGrace\n');
  const args = ['batch', 'submit', items, '--prompt', prompt, '--model', 'gpt-5.4-mini'];
  return { ...api, prompt, items, args, run: (...more: string[]) => runCommand(api.url, ...more) };
}

test('P28: submit items.csv --watch --json follows the batch to its end; results are fetched as a file', async () => {
  const { run, args, store, batches, folder } = await served();
  batches.onStart = ({ id }) => endBatch(store, id);
  const { code, stdout, stderr } = await run(...args, '--cap', '2', '--watch', '--json');
  expect(stderr).toContain('2 items');
  expect(stderr).toContain('2 of 2');
  const batch = Shown.parse(JSON.parse(stdout));
  expect([batch, code]).toMatchObject([{ outcome: 'completed_with_errors', itemCount: 2 }, 1]);
  const file = join(folder, 'results.csv');
  expect((await run('batch', 'results', batch.id, '-o', file)).code).toBe(0);
  expect((await readFile(file, 'utf8')).split('\r\n')).toHaveLength(4);
  const failed = await run('batch', 'results', batch.id, '--status', 'failed');
  expect(JSON.parse(failed.stdout)).toMatchObject({ position: 1, status: 'failed' });
  const shown = await run('batch', 'show', batch.id);
  expect(shown.stdout).toContain('[########################] completed_with_errors  2 of 2');
  expect(shown.stdout).toMatch(/Failures\n +1 +provider_request/);
  expect((await run('batch', 'list')).stdout).toContain(batch.id);
  expect((await run('batch', 'watch', batch.id)).code).toBe(1);
});

test('P28: batch watch goes on while the failed items of an ended batch are being reopened', async () => {
  const { run, args, store, batches } = await served();
  batches.onStart = ({ id }) => endBatch(store, id);
  const { id } = Shown.parse(JSON.parse((await run(...args, '--json')).stdout));
  const find = store.batches.find.bind(store.batches);
  let looks = 0;
  vi.spyOn(store.batches, 'find').mockImplementation(async (asked) => {
    looks += 1;
    const batch = await find(asked);
    return batch === null ? null : { ...batch, isReopening: looks < 3 };
  });
  const { code, stderr } = await run('batch', 'watch', id);
  expect(stderr).toContain('its failed items are being reopened');
  expect([code, looks >= 3]).toEqual([1, true]);
});

test('P18: --estimate prints what it may cost and the first prompt, and starts nothing', async () => {
  const { run, args, batches, ...api } = await served();
  opensBatches({ ...api, batches });
  const { code, stderr, stdout } = await run(...args, '--estimate');
  expect(code).toBe(0);
  expect(stderr).toContain('Greet Ada');
  expect(stderr).toContain('about $0.2500, at most $0.5000');
  expect(stdout).toContain('paused by a person');
  expect(batches.orders).toEqual([]);
});

test('P24: a running batch is steered from the command line', async () => {
  const { run, args, items, batches, ...api } = await served();
  opensBatches({ ...api, batches });
  const { stdout } = await run(...args, '--json');
  const { id } = Shown.parse(JSON.parse(stdout));
  await run('batch', 'pause', id, '--message', 'look first');
  await run('batch', 'resume', id);
  await run('batch', 'limits', id, '--job-seconds', '345600', '--cap', '3');
  await run('batch', 'append', id, items);
  await run('batch', 'cancel', id);
  expect(batches.orders).toEqual([
    { kind: 'pause', message: 'look first' },
    { kind: 'resume' },
    { kind: 'limits', changes: { jobSeconds: 345_600, capUsd: 3 } },
    { kind: 'append', itemCount: 4 },
    { kind: 'cancel' },
  ]);
  expect((await run('batch', 'limits', id)).stdout).toMatch(/parallel +50/);
  expect((await run('batch', 'retry-failed', id)).code).toBe(6);
});

test('batch show says why a batch stands still', async () => {
  const { run, args, batches, ...api } = await served();
  opensBatches({ ...api, batches });
  const { id } = Shown.parse(JSON.parse((await run(...args, '--json')).stdout));
  const until = new Date(Date.now() + 60_000).toISOString();
  await api.store.batchWaits.record(id, 0, {
    kind: 'calls_hour',
    message: 'the hour is full',
    until: Date.parse(until),
  });
  expect((await run('batch', 'show', id)).stdout).toContain(`waits until ${until}: the hour is full`);
});

test('P28: what is sent over a connection that breaks is sent again, and added once', async () => {
  const { url, store, batches, items, args } = await served();
  batches.onStart = ({ id }) => store.batches.change(id, { state: 'running' });
  batches.onOrder = async (id, order) => {
    if (order.kind === 'append') await store.batches.change(id, { itemCount: order.itemCount });
    return { as: 'taken', message: '' };
  };
  const proxy = await proxyThatLosesFirstAnswers(url);
  const submitted = await runCommand(proxy, ...args, '--json');
  const batch = Shown.parse(JSON.parse(submitted.stdout));
  expect([submitted.code, batch.itemCount]).toEqual([0, 2]);
  expect(await store.batches.list({ limit: 10 })).toHaveLength(1);
  const key = ['--idempotency-key', 'monday'];
  for (const _ of ['sent', 'sent again']) {
    expect((await runCommand(proxy, 'batch', 'append', batch.id, items, ...key)).stderr).toContain('2 items more');
  }
  expect((await store.batches.find(batch.id))?.itemCount).toBe(4);
});

/** Hands requests on; what is answered to the first POST to an address never arrives. */
async function proxyThatLosesFirstAnswers(target: string): Promise<string> {
  const lost = new Set<string>();
  const server = createServer((request, response) => {
    const { method, headers, url = '/' } = request;
    const onward = forward(new URL(url, target), { method, headers }, (answer) => {
      if (method !== 'POST' || lost.has(url)) {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        return;
      }
      lost.add(url);
      answer.resume().on('end', () => request.socket.destroy());
    });
    request.pipe(onward);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return `http://127.0.0.1:${address.port}`;
}

test('wrong arguments of the command are reported before anything is sent', async () => {
  const { run, args, folder, store, items } = await served();
  const bad = join(folder, 'bad.json');
  await writeFile(bad, '{"type":"nonsense"}');
  const schema = await run(...args, '--schema', bad);
  expect([schema.code, schema.stderr]).toEqual([6, expect.stringContaining('outputSchema: is no JSON Schema')]);
  const number = await run(...args, '--max-output-tokens', 'many');
  expect([number.code, number.stderr]).toEqual([2, 'many is not a number.\n']);
  const none = await run('batch', 'append', 'batch_1', join(folder, 'none.csv'));
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('none.csv cannot be read')]);
  expect((await run('batch', 'results', 'batch_1', '--status', 'odd')).code).toBe(2);
  expect(await store.batches.list({ limit: 10 })).toEqual([]);
  const economy = await run(...args, '--economy');
  expect([economy.code, economy.stdout]).toEqual([0, expect.stringContaining('items.csv, gpt-5.4-mini, economy')]);
  const [made] = await store.batches.list({ limit: 10 });
  expect(made?.definition.mode).toBe('economy');
  const out = join(folder, 'no', 'such', 'folder.csv');
  expect((await run('batch', 'results', made?.id ?? '', '-o', out)).code).toBe(2);
  expect((await run('batch', 'append', made?.id ?? '', items)).code).toBe(0);
});

test('P25: lodestone platform stop and resume', async () => {
  const { run, store } = await served();
  expect((await run('platform', 'stop', '--message', 'too dear')).code).toBe(0);
  expect(await store.switches.find('batches')).toMatchObject({ message: 'too dear' });
  expect((await run('platform', 'resume')).code).toBe(0);
  expect(await store.switches.find('batches')).toBeNull();
});

test('exit codes: 2 before anything is sent, 5 for what is not there, 6 with each wrong line, 4 when Temporal is away', async () => {
  const { run, args, items, prompt, store, batches, folder } = await served();
  const model = ['--prompt', prompt, '--model', 'gpt-5.4-mini'];
  for (const wrong of [
    ['batch', 'submit', join(folder, 'none.csv'), ...model],
    ['batch', 'submit', join(folder, 'items.xlsx'), ...model],
    ['batch', 'submit', items, '--prompt', join(folder, 'none.txt'), '--model', 'm'],
    [...args, '--cap', 'much'],
    [...args, '--schema', prompt],
  ]) {
    expect((await run(...wrong)).code, wrong.join(' ')).toBe(2);
  }
  expect((await run('batch', 'show', 'batch_none')).code).toBe(5);
  const bad = join(folder, 'bad.csv');
  await writeFile(bad, 'name,city\nAda,London\nGrace\n');
  const refused = await run('batch', 'submit', bad, ...model);
  expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining('line 3: has another number of fields')]);
  expect(await store.batches.list({ limit: 5 })).toEqual([]);
  batches.reachable = false;
  const away = await run(...args);
  expect([away.code, away.stderr]).toEqual([4, expect.stringContaining('starts by itself')]);
});
