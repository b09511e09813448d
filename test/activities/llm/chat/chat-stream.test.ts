import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chatModelAt, chatRequest } from '../../../support/llm/chat.ts';

/** A provider that writes what it is told to, and tells when a connection was closed on it. */
async function provider(write: (response: ServerResponse) => void) {
  const closed = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    response.on('close', () => closed.resolve());
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    write(response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `http://127.0.0.1:${address.port}/v1`, closed: closed.promise };
}

function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;
}

async function answerTo(...chunks: readonly string[]) {
  const { url } = await provider((response) => response.end(chunks.join('')));
  return chatModelAt('local', url).create(chatRequest);
}

const call = { id: 'c', type: 'function', function: { name: 'rm', arguments: '{}' } };

describe('a stream of chunks', () => {
  it.each([
    ['with an empty answer', [chunk({}, 'stop')], { status: 'failed', problem: { code: 'empty_answer' } }],
    ['that the filter stopped', [chunk({ content: 'A' }, 'content_filter')], { refusal: expect.any(String) }],
    ['that GLM calls sensitive', [chunk({ content: 'A' }, 'sensitive')], { refusal: expect.any(String) }],
    ['whose model broke off', [chunk({ content: 'A' }, 'network_error')], { status: 'failed' }],
    ['that calls a tool which nobody offers', [chunk({ tool_calls: [call] }, 'tool_calls')], { status: 'failed' }],
    ['that is too long for the model', [chunk({ content: 'A' }, 'length')], { status: 'incomplete', text: 'A' }],
  ] as const)('%s has an outcome of its own', async (_what, chunks, outcome) => {
    expect(await answerTo(...chunks)).toMatchObject(outcome);
  });

  it.each([
    ['without a choice', ['data: {"choices":[]}\n\n', 'data: [DONE]\n\n']],
    ['without a finish reason', [chunk({ content: 'A' })]],
    ['with an error in it', [chunk({ content: 'A' }), 'data: {"error":{"message":"gone"}}\n\n']],
    ['that is no JSON', ['data: <html>\n\n']],
    ['of another form', ['data: {"choices":{}}\n\n']],
  ] as const)('%s may have been paid, and is asked for again', async (_what, chunks) => {
    await expect(answerTo(...chunks)).rejects.toMatchObject({
      type: 'provider_unavailable',
      details: ['perhaps_paid'],
    });
  });

  it('counts the cached tokens where a provider reports them, and the most where it reports none', async () => {
    const tokens = { prompt_tokens: 9, completion_tokens: 3 };
    const cached = { prompt_tokens_details: { cached_tokens: 4 } };
    const inputs = [
      { ...tokens, ...cached },
      { ...tokens, cached_tokens: 4 },
    ];
    for (const usage of inputs) {
      const { usage: counted } = await answerTo(chunk({ content: 'A' }, 'stop', { usage }));
      expect(counted).toMatchObject({ inputTokens: 9, cachedInputTokens: 4, outputTokens: 3 });
    }
    const { usage: unknown } = await answerTo(chunk({ content: 'Ä' }, 'stop'));
    expect(unknown.outputTokens).toBeGreaterThanOrEqual(2);
    expect(unknown.inputTokens).toBeGreaterThan(100);
  });

  it('T16: is read up to a limit of bytes', async () => {
    const { url, closed } = await provider((response) => {
      const more = (): void => {
        while (response.write(`data: ${'x'.repeat(60_000)}`));
      };
      response.on('drain', more);
      more();
    });
    await expect(chatModelAt('local', url).create(chatRequest)).rejects.toMatchObject({ type: 'model_answer' });
    await closed;
  });

  it('is closed at the provider when its caller leaves', async () => {
    const begun = Promise.withResolvers<void>();
    const { url, closed } = await provider((response) => response.write(chunk({ content: 'A' })));
    const leaving = new AbortController();
    const request = { ...chatRequest, onReceived: () => begun.resolve() };
    const asked = chatModelAt('local', url).create(request, leaving.signal);
    await begun.promise;
    leaving.abort(new Error('left'));
    await expect(asked).rejects.toThrow('left');
    await closed;
  });

  it('T10: that has begun may take the time of a stream, and be silent as long as its limits say', async () => {
    const { url } = await provider((response) => {
      response.write(chunk({ content: 'A' }));
      setTimeout(() => response.end(chunk({ content: 'B' }, 'stop')), 300);
    });
    const asked = (wholeMilliseconds: number, silenceMilliseconds: number) =>
      chatModelAt('local', url).create({
        ...chatRequest,
        timeoutMilliseconds: 200,
        streamLimits: { wholeMilliseconds, silenceMilliseconds },
      });
    expect(await asked(30_000, 30_000)).toMatchObject({ text: 'AB' });
    await expect(asked(30_000, 50)).rejects.toThrow('sent nothing for 0.05 s');
    await expect(asked(150, 30_000)).rejects.toThrow('did not answer within 0.15 s');
  });

  it('T20: reports to its caller what has arrived', async () => {
    const seen: number[] = [];
    const { url } = await provider((response) =>
      response.end(chunk({ content: 'AB' }) + chunk({ content: 'C' }, 'stop')),
    );
    const onReceived = ({ characters }: { readonly characters: number }): void => {
      seen.push(characters);
    };
    await chatModelAt('local', url).create({ ...chatRequest, onReceived });
    expect(seen).toEqual([2, 3]);
  });
});
