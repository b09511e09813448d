/**
 * A batch that is steered while it runs, by the command line and over HTTP, with all parts as processes of their own. The
 * model server's journal is the judge of what was asked and paid.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection, ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Brain } from '../../demo/model-server/brains/brain.ts';
import { startMailCatcher, type MailCatcher } from '../../demo/receivers/mail-catcher.ts';
import { openStores } from '../../store/store.ts';
import { defaultTenant } from '../../workflows/contract/names.ts';
import { BatchItemViewSchema, BatchViewSchema } from '../../workflows/contract/batches/schema.ts';
import { reconcileScheduleId } from '../../workflows/contract/batches/reconcile.ts';
import { runCommand } from '../client/cli/harness.ts';
import { metricsAskedBy, metricsIn } from '../support/alert-rules.ts';
import { startCountingServer, type CountingServer } from '../support/http/counting-server.ts';
import { startBatchParts, type BatchParts } from '../support/batches/batch-parts.ts';

/** For things that come when they come. */
const patience = { timeout: 60_000, interval: 100 };

/** The model answers as many calls as it is let, and keeps the others waiting. */
class Answers {
  private left = Number.POSITIVE_INFINITY;
  private waiting: (() => void)[] = [];

  async next(): Promise<void> {
    if (this.left > 0) this.left -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** So many more, and then none. */
  allow(count: number): void {
    this.left = count;
  }

  allowAll(): void {
    this.left = Number.POSITIVE_INFINITY;
    for (const go of this.waiting.splice(0)) go();
  }
}

const answers = new Answers();
let parts: BatchParts;
let connection: Connection;
let mail: MailCatcher;
let webhook: CountingServer;
beforeAll(async () => {
  mail = await startMailCatcher();
  webhook = await startCountingServer((response) => response.end());
  const brain: Brain = {
    async answer({ texts }) {
      await answers.next();
      return { kind: 'text', text: `done: ${texts.join(' ')}` };
    },
  };
  parts = await startBatchParts(brain, {
    LODESTONE_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    LODESTONE_ALERT_MAIL: 'ann@example.com',
    LODESTONE_ALERT_URL: `${webhook.origin}/alerts`,
    LODESTONE_ALLOW_PRIVATE_ORIGINS: webhook.origin,
  });
  connection = await Connection.connect({ address: parts.temporalAddress });
}, 120_000);
afterAll(async () => {
  await connection.close();
  await parts.close();
  await mail.close();
  await webhook.close();
}, 60_000);

const command = (...args: readonly string[]) => runCommand(parts.url, ...args);

/** Runs a command that must succeed. */
async function done(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command('batch', ...args);
  expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

async function post(path: string): Promise<number> {
  return (await fetch(`${parts.url}/v1/${path}`, { method: 'POST' })).status;
}

async function find(id: string) {
  const response = await fetch(`${parts.url}/v1/batches/${id}`);
  return BatchViewSchema.parse(await response.json());
}

async function results(id: string) {
  const response = await fetch(`${parts.url}/v1/batches/${id}/results.jsonl`);
  const lines = (await response.text()).trimEnd().split('\n');
  return lines.map((line) => BatchItemViewSchema.parse(JSON.parse(line)));
}

/** A file of items whose prompts no other batch has. */
async function itemFile(name: string, count: number): Promise<string> {
  const file = join(parts.folder, `${name}.csv`);
  await writeFile(file, ['word', ...Array.from({ length: count }, (_, index) => `${name} ${index}`)].join('\n'));
  return file;
}

async function submit(name: string, count: number, ...args: readonly string[]): Promise<string> {
  const prompt = join(parts.folder, 'prompt.txt');
  await writeFile(prompt, 'Say {{item.word}}');
  const file = await itemFile(name, count);
  const reported = await done('submit', file, '--prompt', prompt, '--model', 'gpt-5.4-mini', ...args, '--json');
  return z.object({ id: z.string() }).parse(JSON.parse(reported)).id;
}

/** What the journal has more than it had. */
function journalFrom(): () => { paid: number; paidTwice: number; creates: number; cancels: number } {
  const { journal } = parts.model;
  const count = () => {
    const { paidCreates: paid, repeatedCreates: paidTwice } = journal.counters();
    const of = (kind: string) => journal.entries.filter((entry) => entry.kind === kind).length;
    return { paid, paidTwice, creates: of('create'), cancels: of('cancel') };
  };
  const before = count();
  return () => {
    const { paid, paidTwice, creates, cancels } = count();
    return {
      paid: paid - before.paid,
      paidTwice: paidTwice - before.paidTwice,
      creates: creates - before.creates,
      cancels: cancels - before.cancels,
    };
  };
}

/** Waits until no partition of a batch runs: from then on nothing is submitted. */
async function rest(id: string): Promise<void> {
  const handle = new Client({ connection }).workflow.getHandle(id);
  await expect.poll(async () => (await handle.describe()).raw.pendingActivities ?? [], patience).toEqual([]);
}

async function end(id: string) {
  await expect.poll(async () => (await find(id)).state, patience).toBe('ended');
  return find(id);
}

/** Waits until so many items are answered, and so many under way. */
async function stand(id: string, succeeded: number, submitted: number): Promise<void> {
  const counts = async () => (await find(id)).counts;
  await expect.poll(counts, patience).toMatchObject({ succeeded, submitted, intended: 0 });
}

describe('a batch that runs', { timeout: 180_000 }, () => {
  it('P08 P24 P28: is widened, paused, given a longer limit and more items, and resumed', async () => {
    const journal = journalFrom();
    answers.allow(5);
    const id = await submit('steered', 200, '--parallel', '4');
    await stand(id, 5, 4);
    await done('limits', id, '--parallel', '12');
    await stand(id, 5, 12);
    await done('pause', id, '--message', 'lunch');
    await rest(id);
    answers.allowAll();
    await done('limits', id, '--job-seconds', String(96 * 3600));
    await done('append', id, await itemFile('more', 10));
    expect((await command('batch', 'pause', id)).code).toBe(6);
    expect((await command('batch', 'limits', id, '--item-seconds', '1')).code).toBe(6);
    const standing = await find(id);
    expect(standing).toMatchObject({ state: 'paused', itemCount: 210, pause: { by: 'person', message: 'lunch' } });
    expect(standing.definition.limits).toMatchObject({ parallel: 12, jobSeconds: 96 * 3600 });
    expect(journal().creates).toBe(17);

    expect(await post(`batches/${id}/resume`)).toBe(200);
    const ended = await end(id);
    expect(ended).toMatchObject({ outcome: 'completed', counts: { succeeded: 210 }, reservedUsd: 0 });
    const items = await results(id);
    expect(items.map(({ output }) => output)).toEqual(
      items.map((_, index) => ({ text: `done: Say ${index < 200 ? `steered ${index}` : `more ${index - 200}`}` })),
    );
    expect(items.every(({ attempts, flagged }) => attempts === 1 && !flagged)).toBe(true);
    expect(journal()).toEqual({ paid: 210, paidTwice: 0, creates: 210, cancels: 0 });
    expect((await command('batch', 'resume', id)).code).toBe(6);
  });

  it('P16 P28: is cancelled: what is under way is cancelled at the provider, what is answered stays', async () => {
    const journal = journalFrom();
    answers.allow(10);
    const id = await submit('cancelled', 400, '--parallel', '8');
    await stand(id, 10, 8);
    await done('cancel', id);
    const { outcome, counts, reservedUsd, spentUsd } = await end(id);
    answers.allowAll();
    expect([outcome, counts]).toMatchObject(['cancelled', { succeeded: 10, cancelled: 390 }]);
    expect(journal()).toEqual({ paid: 10, paidTwice: 0, creates: 18, cancels: 8 });
    const items = await results(id);
    expect(items.reduce((sum, { costUsd }) => sum + costUsd, 0)).toBeCloseTo(spentUsd, 6);
    expect(reservedUsd).toBe(0);
  });

  it('P13 P28: has its failed items tried again, and only those', async () => {
    const journal = journalFrom();
    parts.model.injectFault({ kind: 'refusal', times: 3 });
    const id = await submit('failed', 20);
    expect(await end(id)).toMatchObject({ outcome: 'completed_with_errors', counts: { succeeded: 17, failed: 3 } });
    const spent = (await find(id)).spentUsd;
    await done('retry-failed', id);
    await done('watch', id);
    const ended = await find(id);
    expect(ended).toMatchObject({ outcome: 'completed', counts: { succeeded: 20, failed: 0 } });
    expect(ended.spentUsd).toBeGreaterThan(spent);
    expect((await results(id)).every(({ output, error }) => output !== null && error === null)).toBe(true);
    // The three that were declined had been paid for, and are asked again because a person said so.
    expect(journal()).toEqual({ paid: 23, paidTwice: 3, creates: 23, cancels: 0 });
    expect((await command('batch', 'retry-failed', id)).code).toBe(6);
  });

  it('P25: is stopped with all others by one switch, and goes on by it without loss', async () => {
    const journal = journalFrom();
    answers.allow(6);
    const one = await submit('one', 60, '--parallel', '4');
    await stand(one, 6, 4);
    const other = await submit('other', 60, '--parallel', '4');
    await stand(other, 0, 4);
    const ids = [one, other];
    expect((await command('platform', 'stop', '--message', 'too dear')).code).toBe(0);
    answers.allowAll();
    for (const id of ids) await rest(id);
    for (const id of ids) expect(await find(id)).toMatchObject({ state: 'running', pause: null });
    expect(journal()).toMatchObject({ paid: 14, creates: 14 });
    expect(await post('platform/resume')).toBe(200);
    for (const id of ids) expect((await end(id)).outcome).toBe('completed');
    expect(journal()).toEqual({ paid: 120, paidTwice: 0, creates: 120, cancels: 0 });
  });

  it('P20 P21 P22: is looked after: people are notified once of what is wrong, and it can be read as metrics', async () => {
    const schedule = new Client({ connection }).schedule.getHandle(reconcileScheduleId('lodestone'));
    answers.allow(0);
    const id = await submit('long', 1);
    await stand(id, 0, 1);
    const stores = await openStores(parts.store);
    await stores
      .forTenant(defaultTenant)
      .batches.change(id, { startedAt: new Date(Date.now() - 25 * 3_600_000).toISOString() });
    await stores.close();
    const looked = async (): Promise<number> => (await schedule.describe()).info.numActionsTaken;
    // Of this batch: the disk of the machine may be nearly full, which is an alert too.
    const mails = () => mail.messages().filter(({ subject }) => subject.includes(id));
    const calls = () => webhook.received.filter(({ body }) => body.includes(id));
    const reported = async (): Promise<readonly [number, number]> => {
      // As the schedule does, which never has two at a time.
      await schedule.trigger(ScheduleOverlapPolicy.SKIP);
      return [mails().length, calls().length];
    };
    await expect.poll(reported, patience).toEqual([1, 1]);
    const looks = await looked();
    await expect
      .poll(async () => [...(await reported()), (await looked()) > looks + 1], patience)
      .toEqual([1, 1, true]);
    const message = `batch ${id} has run for more than 24 hours`;
    expect(mails()).toMatchObject([{ to: ['ann@example.com'], subject: `Lodestone alert: ${message}` }]);
    expect(JSON.parse(calls()[0]?.body ?? '')).toMatchObject({ alert: { batchId: id, message } });
    answers.allowAll();
    expect((await end(id)).outcome).toBe('completed');

    const metrics = await fetch(`http://${parts.metricsAddress}/metrics`);
    expect(metricsIn(await metrics.text())).toEqual(
      expect.arrayContaining([...(await metricsAskedBy('lodestone-batches'))]),
    );
  });
});
