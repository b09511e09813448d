import { describe, expect, it } from 'vitest';
import { ToolRequestViewSchema } from '../../../../workflows/contract/tools/tool-view.ts';
import { problemOf, testApi, type Api } from '../harness.ts';

const mebibyte = 2 ** 20;
const path = '/v1/tools/chat';
/** As code is: JSON writes a line's end and quotes with two characters each. */
const line = 'const word = "a";\n';
const text = line.repeat(Math.floor((4.9 * mebibyte) / line.length));
const files = ['a', 'b', 'c', 'd'].map((name) => ({ name, content: `${text}${name}` }));

async function api(): Promise<Api> {
  const made = await testApi({ publicUrl: 'http://127.0.0.1:8700' });
  made.tools.onStart = async ({ requestId }) => {
    await made.store.toolRequests.end(requestId, { outcome: 'completed', cut: null }, new Date());
  };
  return made;
}

async function keptFiles({ store }: Api, id: string): Promise<readonly string[]> {
  const row = await store.toolRequests.find(id);
  const kept = row === null ? [] : await store.toolFiles.ofConversation(row);
  return kept.map(({ name, bytes }) => `${name} ${bytes}`);
}

/** A body whose length nobody tells. */
function streamed(chunk: Uint8Array, times: number): RequestInit {
  let left = times;
  const body = new ReadableStream({
    pull(controller) {
      left -= 1;
      if (left < 0) controller.close();
      else controller.enqueue(chunk);
    },
  });
  return { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } };
}

/** Begins a call whose body stops after some bytes. Resolves when they were read. */
function arriving({ app }: Api, bytes: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isSent = false;
  const body = new ReadableStream(
    {
      pull(controller) {
        // It is asked for more only when what was sent has been read.
        if (isSent) resolve();
        else controller.enqueue(new Uint8Array(bytes).fill(0x20));
        return isSent ? new Promise<void>(() => undefined) : void (isSent = true);
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': 'application/json' } } as const;
  void app.request(path, init);
  return promise;
}

async function outcome(response: Response): Promise<string | null> {
  return ToolRequestViewSchema.parse(await response.json()).outcome;
}

describe('T16: a body with files by value', () => {
  const expected = files.map(({ name, content }) => `${name} ${content.length}`);

  it('may have 20 MB of them, five each', async () => {
    const made = await api();
    const response = await made.post(path, { prompt: 'Look', files });
    const { id } = ToolRequestViewSchema.parse(await response.json());
    await expect(keptFiles(made, id)).resolves.toEqual(expected);
  });

  it('may have as many over MCP', async () => {
    const made = await api();
    const params = { name: 'chat', arguments: { prompt: 'Look', files } };
    const response = await made.ask('/mcp', {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
      headers: { host: '127.0.0.1', 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      from: '127.0.0.1',
    });
    const id = /tool_[0-9a-f]{24}/.exec(await response.text())?.[0] ?? '';
    await expect(keptFiles(made, id)).resolves.toEqual(expected);
  });

  it('is refused beyond its limit, with or without a length', async () => {
    const made = await api();
    const body = ' '.repeat(32 * mebibyte);
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    for (const init of [{ method: 'POST', body, headers }, streamed(new Uint8Array(mebibyte).fill(0x20), 32)]) {
      const problem = await problemOf(await made.ask(path, init));
      expect(problem).toMatchObject({ status: 413, detail: expect.stringContaining(String(31 * mebibyte)) });
    }
    expect(made.tools.started).toEqual([]);
  });

  it('is checked as others are: no JSON, fields named twice, too deep, too many values', async () => {
    const made = await api();
    const space = ' '.repeat(100_000);
    const bodies = [
      [`{${space}`, /is not JSON/],
      [`${space}{"prompt":"a","prompt":"b"}`, /named twice/],
      [`${space}${'['.repeat(200)}`, /nested more than/],
      [`${space}[${'1,'.repeat(60_000)}1]`, /more than 50000 values/],
      [`${space}[1]`, /expected record/],
    ] as const;
    for (const [body, why] of bodies) {
      const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
      const problem = await problemOf(await made.ask(path, init));
      expect([problem.status, problem.detail]).toEqual([400, expect.stringMatching(why)]);
    }
  });

  it('waits for its turn at the caller: a fifth large one at once is refused with a time to come again', async () => {
    const made = await api();
    await Promise.all(Array.from({ length: 4 }, () => arriving(made, 2 * mebibyte)));
    const response = await made.ask(path, streamed(new Uint8Array(mebibyte).fill(0x20), 2));
    expect(response.headers.get('retry-after')).toBe('5');
    const detail = '4 large bodies are arriving; nothing was started. Send it again in a moment';
    await expect(problemOf(response)).resolves.toMatchObject({ status: 503, detail });
    await expect(outcome(await made.post(path, { prompt: 'small' }))).resolves.toBe('completed');
  });

  it('counts as large by what has arrived of it: slow small ones, whose length nobody tells, hold up none', async () => {
    const made = await api();
    await Promise.all(Array.from({ length: 4 }, () => arriving(made, 1)));
    const body = JSON.stringify({ prompt: 'Look', files: files.slice(0, 1) });
    await expect(outcome(await made.ask(path, streamed(Buffer.from(body), 1)))).resolves.toBe('completed');
  });

  it('counts no more once it was read', async () => {
    const made = await api();
    for (let call = 0; call < 5; call += 1) {
      const response = await made.post(path, { prompt: 'Look', files: files.slice(0, 1) });
      await expect(outcome(response)).resolves.toBe('completed');
    }
  });
});
