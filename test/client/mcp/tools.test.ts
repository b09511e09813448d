import { describe, expect, it } from 'vitest';
import { tools } from '../../../workflows/contract/tools/catalogue.ts';
import { answering, connect, mcpApi, sampleInput, textOf, type Way } from './harness.ts';

const ways: readonly Way[] = ['stdio', 'http', 'http of 2025'];

describe.each(ways)('T26: the official client over %s', (way) => {
  it('lists the tools with strict schemas and annotations, and runs each of them', async () => {
    const api = await mcpApi();
    answering(api);
    const client = await connect(api.url, way);
    const { tools: listed } = await client.listTools();
    expect(listed.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
    const debug = listed.find(({ name }) => name === 'debug');
    expect(debug).toMatchObject({
      title: 'Debug',
      annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: true },
      inputSchema: { type: 'object', additionalProperties: false, required: ['step', 'total_steps', 'findings'] },
      outputSchema: { type: 'object', required: expect.arrayContaining(['continuation_id', 'outcome', 'result']) },
    });
    for (const tool of tools) {
      // The client itself holds the structured content against the tool's output schema.
      const answer = await client.callTool({ name: tool.name, arguments: sampleInput(tool) });
      expect(answer.isError ?? false, `${tool.name}: ${textOf(answer)}`).toBe(false);
      expect(answer.structuredContent).toMatchObject({ outcome: 'completed', cut: null });
      expect(JSON.parse(textOf(answer))).toEqual(answer.structuredContent);
    }
    expect(api.tools.started.map(({ tool }) => tool)).toEqual(tools.map(({ name }) => name));
  });

  it('T19: gets a problem for each wrong field at once, and nothing is started', async () => {
    const { url, tools: started } = await mcpApi();
    const client = await connect(url, way);
    const wrong = { step: 3, total_steps: 2, findings: 'x', confidence: 'sure', extra: 1 };
    const answer = await client.callTool({ name: 'debug', arguments: wrong });
    expect(answer.isError).toBe(true);
    expect(textOf(answer)).toMatch(/confidence: .*\n.*extra[^]*Nothing was started/);
    const next = await client.callTool({ name: 'debug', arguments: { step: 3, total_steps: 2, findings: 'x' } });
    expect(textOf(next)).toMatch(/- step: .*\n- task: .*\n- continuation_id: /);
    expect(started.started).toEqual([]);
  });

  it('T20: hears of phase, seconds and tokens while it waits', async () => {
    const api = await mcpApi();
    const heard: { progress: number; total?: number | undefined; message?: string | undefined }[] = [];
    api.tools.onStart = async ({ requestId }) => {
      await api.store.toolRequests.begin(requestId, 'turn', new Date());
      await api.store.toolRequests.progress(requestId, 42);
    };
    const client = await connect(api.url, way);
    const answer = client.callTool(
      { name: 'chat', arguments: { prompt: 'Why?' } },
      {
        onprogress: (progress) => {
          heard.push(progress);
          const [{ requestId } = { requestId: '' }] = api.tools.started;
          void api.store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
        },
      },
    );
    await expect(answer).resolves.toMatchObject({ structuredContent: { outcome: 'completed' } });
    expect(heard[0]).toMatchObject({
      total: 67.5,
      message: expect.stringMatching(/^turn: \d s used, \d\d s left; 42 tokens$/),
    });
  });

  it('cancels the request when its caller does', async () => {
    const api = await mcpApi();
    const client = await connect(api.url, way);
    const cancelled = cancellation(api);
    const stop = new AbortController();
    const answer = client.callTool(
      { name: 'chat', arguments: { prompt: 'Why?' } },
      { signal: stop.signal, onprogress: () => stop.abort('enough') },
    );
    await expect(answer).rejects.toThrow(/enough/);
    expect(api.tools.started.map(({ requestId }) => requestId)).toEqual([await cancelled]);
  });

  it('cancels the request when the connection closes', async () => {
    const api = await mcpApi();
    const client = await connect(api.url, way);
    const cancelled = cancellation(api);
    const answer = client.callTool(
      { name: 'chat', arguments: { prompt: 'Why?' } },
      { onprogress: () => void client.close() },
    );
    await expect(answer).rejects.toThrow(/clos/i);
    expect(api.tools.started.map(({ requestId }) => requestId)).toEqual([await cancelled]);
  });

  it('T22: gets what was cut off, after how long, and what to do', async () => {
    const api = await mcpApi();
    api.tools.onStart = async () => api.pass(67_100);
    const client = await connect(api.url, way);
    const answer = await client.callTool({ name: 'chat', arguments: { prompt: 'Why?' } });
    expect(answer).toMatchObject({
      isError: true,
      structuredContent: { outcome: 'timed_out', cut: { layer: 'queue' } },
    });
    expect(textOf(answer)).toMatch(
      /no worker took the request within its limit of 67.5 s.*What to do: call again when/,
    );
  });

  it('gets an error that says that nothing has started when Temporal is away', async () => {
    const api = await mcpApi();
    api.tools.reachable = false;
    const client = await connect(api.url, way);
    const answer = await client.callTool({ name: 'chat', arguments: { prompt: 'Why?' } });
    expect(answer.isError).toBe(true);
    expect(textOf(answer)).toContain('does not answer');
  });
});

/** Resolves with the id of the first request that is cancelled at Temporal. */
function cancellation(api: Awaited<ReturnType<typeof mcpApi>>): Promise<string> {
  return new Promise((resolve) => {
    api.tools.cancel = async (id) => resolve(id);
  });
}
