import { describe, expect, it } from 'vitest';
import { askedForPerson, personFunction } from '../../../activities/computer-use/loop/person-function.ts';
import { createOpenAiModel, readResponse } from '../../../activities/llm/openai-model.ts';
import { createPaidCalls } from '../../../activities/llm/paid-call.ts';
import { model, start, textAnswer } from '../../demo/model-server/harness.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

const signal = new AbortController().signal;
const request = {
  model,
  input: [{ type: 'text' as const, text: 'Hello' }],
  previousResponseId: null,
  computer: null,
  outputSchema: null,
  reasoningEffort: null,
  maxOutputTokens: null,
};
const mayGoOn = async (): Promise<boolean> => true;
const call = { key: 'job/step/1/answer/1', jobId: 'job', stepId: 'step', basis: '', request, signal, mayGoOn };

async function paidCalls(baseUrl: string, sleep = async (): Promise<void> => undefined, background = true) {
  const { ledger } = await temporaryStore();
  const openai = createOpenAiModel({ apiKey: 'a-key', baseUrl, prices: {}, background });
  const ask = createPaidCalls({ model: openai, ledger, sleep, wasCancelled: () => false });
  return { ask: () => ask(call), row: () => ledger.find(call.key) };
}

describe("a call over OpenAI's API", () => {
  it.each(['reset', 'server_error'] as const)(
    'P16: whose answer was lost (%s) is counted as one that may have been paid',
    async (kind) => {
      const { server } = await start([textAnswer('Lost.'), textAnswer('Found.')]);
      const { ask, row } = await paidCalls(server.url);
      server.injectFault({ kind, match: { method: 'POST' } });
      await expect(ask()).rejects.toMatchObject({ type: 'provider_unavailable' });
      expect(await row()).toMatchObject({ state: 'intended' });
      await ask();
      expect(await row()).toMatchObject({ state: 'done', data: { repeats: 1 } });
    },
  );

  it('P16: whose stream broke off after its id is fetched by it, and paid once', async () => {
    const { server } = await start([textAnswer('Found.')]);
    const { ask, row } = await paidCalls(server.url);
    server.injectFault({ kind: 'truncated', match: { method: 'POST' } });
    expect(await ask()).toMatchObject({ response: { text: 'Found.' } });
    expect(await row()).toMatchObject({ state: 'done', data: { repeats: 0 } });
    expect(server.journal.counters()).toMatchObject({ paidCreates: 1 });
  });

  it('hears of its end by the stream that began it, without asking', async () => {
    const { server } = await start([textAnswer('Told.')]);
    const never = async (): Promise<void> => Promise.withResolvers<void>().promise;
    const { ask } = await paidCalls(server.url, never);
    expect(await ask()).toMatchObject({ response: { text: 'Told.' } });
    expect(server.journal.counters()).toMatchObject({ paidCreates: 1, retrieves: 0 });
  });

  it('is made in one request where the provider has no background responses, and is repeated at most once', async () => {
    const { server } = await start([textAnswer('Lost.'), textAnswer('Whole.')]);
    const { ask, row } = await paidCalls(server.url, undefined, false);
    server.injectFault({ kind: 'reset', match: { method: 'POST' } });
    await expect(ask()).rejects.toMatchObject({ type: 'provider_unavailable' });
    expect(await ask()).toMatchObject({ response: { text: 'Whole.' } });
    expect(await row()).toMatchObject({ state: 'done', data: { repeats: 1 } });
    expect(server.journal.counters()).toMatchObject({ paidCreates: 2, retrieves: 0 });
  });

  it('that was refused is no call', async () => {
    const { server } = await start([textAnswer('Found.')]);
    const { ask, row } = await paidCalls(server.url);
    server.injectFault({ kind: 'rate_limit' });
    await expect(ask()).rejects.toMatchObject({ type: 'provider_rate_limit' });
    expect(await row()).toMatchObject({ state: 'failed' });
    await ask();
    expect(await row()).toMatchObject({ state: 'done', data: { repeats: 0 } });
  });

  it('whose answer is nothing that can be read may have been paid too', async () => {
    const server = await countingServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":7}');
    });
    const { ask, row } = await paidCalls(server.origin);
    await expect(ask()).rejects.toMatchObject({ type: 'provider_unavailable', nonRetryable: false });
    expect(await row()).toMatchObject({ state: 'intended' });
  });

  it('that is answered by a dated snapshot without a price of its own costs what the model does', async () => {
    const usage = { input_tokens: 1_000_000, output_tokens: 0 };
    const body = { id: 'r1', model: 'gpt-unheard-of-2026-11-20', status: 'completed', output: [], usage };
    const server = await countingServer((response) => {
      const created = JSON.stringify({ type: 'response.created', response: body });
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${created}\n\n`);
    });
    const openai = createOpenAiModel({ apiKey: 'a-key', baseUrl: server.origin, prices: {} });
    expect((await openai.create(request)).usage.costUsd).toBeCloseTo(0.75);
  });

  it('offers functions beside the screen, and returns which of them the model calls', async () => {
    const calls = [{ name: 'needs_person', arguments: { kind: 'captcha', why: 'a puzzle' } }];
    const { server, brain } = await start([{ kind: 'functions', calls, say: 'One price so far' }]);
    const openai = createOpenAiModel({ apiKey: 'a-key', baseUrl: server.url, prices: {} });
    const computer = { tool: 'computer' as const, width: 800, height: 600 };
    const begun = await openai.create({ ...request, computer, functions: [personFunction] });
    await expect.poll(async () => (await openai.retrieve(begun.id, model, signal)).status).toBe('completed');
    const answer = await openai.retrieve(begun.id, model, signal);
    expect(askedForPerson(answer)).toBe('solving a captcha is left to a person: a puzzle');
    expect(answer).toMatchObject({ text: 'One price so far', computerCalls: [] });
    expect(brain.turns[0]?.tools).toMatchObject([{ type: 'computer' }, { type: 'function', strict: true }]);
  });
});

describe('a response', () => {
  const said = { id: 'msg_1', type: 'message', content: [{ type: 'output_text', text: 'Once.' }] };
  const raw = { id: 'resp_1', model, output: [said], usage: null };

  it('P12: says once what comes twice under one id', () => {
    const other = { ...said, id: 'msg_2', content: [{ type: 'output_text', text: ' Twice.' }] };
    expect(readResponse({ ...raw, output: [said, said, other] }, model, {}).text).toBe('Once. Twice.');
  });

  it.each(['', '..', 'a/b'])('P23: with the id "%s", by which it cannot be fetched, may be paid and lost', (id) => {
    const lost = expect.objectContaining({ type: 'provider_unavailable', details: ['perhaps_paid'] });
    expect(() => readResponse({ ...raw, id }, model, {})).toThrow(lost);
  });
});
