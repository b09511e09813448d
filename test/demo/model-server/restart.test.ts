import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callIn, clickThere, HeldTime, model, refusalOf, shown, start, textAnswer } from './harness.ts';

const tools = [{ type: 'computer' as const }];

async function temporaryFile(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'model-server-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, name);
}

describe('a model server that is started again on its state file', () => {
  it('goes on from the responses of the former one, with what the brain remembered', async () => {
    const stateFile = await temporaryFile('state.jsonl');
    const former = await start([clickThere], { stateFile });
    const first = await former.client.responses.create({ model, input: 'Click', tools });
    await former.server.close();

    const next = await start([textAnswer('Clicked.')], { stateFile });
    expect(await next.client.responses.retrieve(first.id)).toEqual(first);
    const input = [shown(callIn(first).call_id)];
    const second = await next.client.responses.create({ model, input, tools, previous_response_id: first.id });
    expect(second.output_text).toBe('Clicked.');
    expect(next.brain.turns[0]).toMatchObject({ memory: 'clicked', allTexts: ['Click'] });
  });

  it('finishes a background response that was under way, under the same id', async () => {
    const stateFile = await temporaryFile('state.jsonl');
    const held = new HeldTime();
    const former = await start([], { stateFile, wait: held.wait });
    const begun = await former.client.responses.create({ model, input: 'Think', background: true });
    expect(begun.status).toBe('queued');
    await former.server.close();

    const next = await start([textAnswer('Thought.')], { stateFile });
    await expect.poll(async () => (await next.client.responses.retrieve(begun.id)).status).toBe('completed');
    expect((await next.client.responses.retrieve(begun.id)).output_text).toBe('Thought.');
  });

  it('does not know what was deleted', async () => {
    const stateFile = await temporaryFile('state.jsonl');
    const former = await start([textAnswer('Gone.')], { stateFile });
    const { id } = await former.client.responses.create({ model, input: 'Hello' });
    await former.client.responses.delete(id);
    await former.server.close();

    const next = await start([], { stateFile });
    expect(await refusalOf(next.client.responses.retrieve(id))).toMatchObject({ status: 404 });
  });
});

it('the journal’s file has each request with its time, and of its lines the last is the whole entry', async () => {
  const journalFile = await temporaryFile('journal.jsonl');
  const { client, server } = await start([textAnswer('Hello.')], { journalFile });
  await client.responses.create({ model, input: 'Hello' });
  const lines = (await readFile(journalFile, 'utf8')).trimEnd().split('\n');
  const last: unknown = JSON.parse(lines.at(-1) ?? '');
  expect(last).toEqual(server.journal.entries[0]);
  expect(last).toMatchObject({ number: 1, kind: 'create', httpStatus: 200, imageSize: null });
});
