import { expect, it } from 'vitest';
import { createOpenAiModel } from '../../../activities/llm/openai-model.ts';
import { createPaidCalls, StoppedCall } from '../../../activities/llm/paid-call.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { call } from '../../support/llm/paid-call.ts';
import { temporaryStore } from '../../support/temporary-store.ts';

it('T02: a call whose provider does not answer the stop either ends with its caller’s reason, and is found again by its id', async () => {
  const price = { input: 1, cachedInput: 1, output: 1 };
  const hardStop = new AbortController();
  const server = await countingServer((response, { method, url }) => {
    if (method === 'GET') hardStop.abort(new StoppedCall('the time for this call was up'));
    if (method === 'GET' || url.endsWith('/cancel')) return;
    const created = { type: 'response.created', response: { id: 'r1', model: 'm', status: 'in_progress', output: [] } };
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`data: ${JSON.stringify(created)}\n\n`);
  });
  const model = createOpenAiModel({ apiKey: 'a-key', baseUrl: server.origin, prices: { m: price } });
  const { ledger } = await temporaryStore();
  const ask = createPaidCalls({
    model: { ...model, cancel: (id) => model.cancel(id, 50) },
    ledger,
    sleep: async () => undefined,
    wasCancelled: () => true,
  });
  const asked = ask({ ...call, signal: hardStop.signal, hardStop: hardStop.signal, mayGoOn: async () => false });
  await expect(asked).rejects.toThrow(StoppedCall);
  expect(await ledger.find(call.key)).toMatchObject({ state: 'intended', data: { responseId: 'r1' } });
});
