import { expect, it } from 'vitest';
import { createHeldInputs } from '../../../../client/api/mcp/held-inputs.ts';
import { createLocalToolCalls } from '../../../../client/api/mcp/local-tool-calls.ts';
import { createToolCaller } from '../../../../client/api/tools/tool-caller.ts';
import { testApi } from '../harness.ts';

const order = (characters: number) => ({
  tool: 'chat',
  input: { prompt: 'Look', files: [{ name: 'a.ts', content: 'x'.repeat(characters) }] },
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

it('T16: a call over MCP is refused while the others hold too much, and before anything is started', async () => {
  const { dependencies, store, tools } = await testApi();
  const started = Promise.withResolvers<string>();
  tools.onStart = async ({ requestId }) => started.resolve(requestId);
  const calls = createLocalToolCalls(dependencies, createToolCaller(dependencies), createHeldInputs(150));
  const first = calls.call(order(100));
  const id = await started.promise;
  await expect(calls.call(order(100))).rejects.toThrow(
    'chat was not started: the calls that run have too many files; nothing was started. Call again in a moment.',
  );
  expect(tools.started).toHaveLength(1);
  tools.onStart = ({ requestId }) =>
    store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date()).then(() => undefined);
  await expect(calls.call(order(10))).resolves.toMatchObject({ outcome: 'completed' });
  await store.toolRequests.end(id, { outcome: 'completed', cut: null }, new Date());
  await first;
  await expect(calls.call(order(200))).resolves.toMatchObject({ outcome: 'completed' });
});
