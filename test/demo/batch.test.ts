/**
 * A batch from end to end, with all parts as processes of their own: a CSV goes in by the command line, Temporal's dev
 * server and a worker run it against the demo's model server, and the results come out.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { createDemoBrain } from '../../demo/model-server/brains/demo-brain.ts';
import { wakeBatchSignal } from '../../workflows/contract/batches/messages.ts';
import { BatchItemViewSchema } from '../../workflows/contract/batches/schema.ts';
import { runCommand } from '../client/cli/harness.ts';
import { startBatchParts, type BatchParts } from '../support/batches/batch-parts.ts';

const Shown = z.object({
  id: z.string(),
  state: z.string(),
  outcome: z.string().nullable(),
  itemCount: z.int(),
  spentUsd: z.number(),
  estimateUsd: z.number().nullable(),
});

async function localParts(): Promise<BatchParts> {
  const parts = await startBatchParts(createDemoBrain());
  onTestFinished(() => parts.close());
  return parts;
}

test(
  'P18 P28: a CSV is estimated, run, appended to and fetched from the command line',
  { timeout: 240_000 },
  async () => {
    const { url, folder, model } = await localParts();
    const [prompt, items] = [join(folder, 'prompt.txt'), join(folder, 'items.csv')];
    const [more, results] = [join(folder, 'more.csv'), join(folder, 'results.csv')];
    await writeFile(prompt, 'Say a word about {{item.name}} of {{item.city}}.');
    const rows = Array.from({ length: 60 }, (_, index) => `"Person, ${index}",City ${index}\n`);
    await writeFile(items, `name,city\n${rows.join('')}`);
    await writeFile(more, 'name,city\nAda,London\n');
    const run = (...args: string[]) => runCommand(url, 'batch', ...args);

    const estimate = await run('submit', items, '--prompt', prompt, '--model', 'gpt-5.4-mini', '--estimate', '--json');
    expect(estimate.stderr).toContain('Say a word about Person, 0 of City 0.');
    const estimated = Shown.parse(JSON.parse(estimate.stdout));
    expect(estimated).toMatchObject({ state: 'paused', itemCount: 60, spentUsd: 0 });
    expect(estimated.estimateUsd).toBeGreaterThan(0);

    const { id } = estimated;
    expect((await run('append', id, more)).stderr).toContain('1 item more');
    expect((await run('limits', id, '--parallel', '20')).stdout).toMatch(/parallel +20/);
    expect((await run('resume', id)).code).toBe(0);
    const watched = await run('watch', id, '--json');
    expect([watched.code, watched.stderr]).toEqual([0, expect.stringContaining('61 of 61')]);
    const ended = Shown.parse(JSON.parse(watched.stdout));
    expect(ended).toMatchObject({ outcome: 'completed', itemCount: 61 });

    const reported = await run('results', id);
    expect([reported.code, reported.stderr]).toEqual([0, '']);
    const lines = reported.stdout.trimEnd().split('\n');
    const all = lines.map((line) => BatchItemViewSchema.parse(JSON.parse(line)));
    expect(all.map(({ position }) => position)).toEqual(Array.from({ length: 61 }, (_, position) => position));
    expect(
      all.every(({ status, attempts, output }) => status === 'succeeded' && attempts === 1 && output !== null),
    ).toBe(true);
    expect(all.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(ended.spentUsd, 6);
    expect((await run('results', id, '-o', results)).code).toBe(0);
    const sheet = await readFile(results, 'utf8');
    expect(sheet.split('\r\n')[0]).toContain('position,status,item.name,item.city,');
    expect(sheet).toContain('0,succeeded,"Person, 0",City 0,');
    // One call for each item, and the API received the event of its end.
    await expect.poll(() => model.events?.delivered, { timeout: 15_000 }).toBe(61);
    expect((await run('delete', id)).code).toBe(0);
    expect((await run('show', id)).code).toBe(5);
  },
);

test('P28: an economy batch goes on when the provider reports that it has ended', { timeout: 120_000 }, async () => {
  const { url, folder, model, temporalAddress } = await localParts();
  // Long enough that the batch waits by its timer when the event comes.
  model.setLatency(4000);
  const [prompt, items] = [join(folder, 'prompt.txt'), join(folder, 'items.csv')];
  await writeFile(prompt, 'Say a word about {{item.name}}.');
  await writeFile(items, 'name\nAda\nGrace\n');
  const args = ['--prompt', prompt, '--model', 'gpt-5.4-mini', '--economy', '--watch', '--json'];
  const { code, stdout } = await runCommand(url, 'batch', 'submit', items, ...args);
  const { id, outcome } = Shown.parse(JSON.parse(stdout));
  expect([code, outcome]).toEqual([0, 'completed']);
  expect(model.events).toMatchObject({ delivered: 1 });
  const connection = await Connection.connect({ address: temporalAddress });
  onTestFinished(() => connection.close());
  const { events } = await new Client({ connection }).workflow.getHandle(id).fetchHistory();
  const signals = events?.flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? []);
  expect(signals).toEqual([wakeBatchSignal.name]);
});
