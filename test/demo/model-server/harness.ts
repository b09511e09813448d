/** What the model server's tests have in common: a server that ends with its test, a client, and pictures to send. */
import OpenAI, { APIError } from 'openai';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { PNG } from 'pngjs';
import { onTestFinished } from 'vitest';
import type { BrainAnswer, Turn } from '../../../demo/model-server/brains/brain.ts';
import { ScriptedBrain, type ScriptLine } from '../../../demo/model-server/brains/scripted-brain.ts';
import { startModelServer, type ModelServer, type ModelServerOptions } from '../../../demo/model-server/server.ts';

export const model = 'gpt-5.4-mini';

export interface Harness {
  readonly server: ModelServer;
  readonly brain: ScriptedBrain;
  readonly client: OpenAI;
}

export async function start(
  script: readonly ScriptLine[],
  options: Partial<ModelServerOptions> = {},
): Promise<Harness> {
  const brain = new ScriptedBrain(script);
  const server = await startModelServer({ brain, ...options });
  onTestFinished(() => server.close());
  return { server, brain, client: new OpenAI({ apiKey: 'a-key', baseURL: server.url, maxRetries: 0 }) };
}

export const clickThere: Extract<BrainAnswer, { kind: 'computer' }> = {
  kind: 'computer',
  actions: [{ type: 'click', x: 10, y: 20, button: 'left' }],
  memory: 'clicked',
};

export function textAnswer(text: string): BrainAnswer {
  return { kind: 'text', text };
}

/** A picture of one colour. */
export function drawPng(width = 64, height = 64, shade = 200): string {
  const png = new PNG({ width, height });
  png.data.fill(shade);
  return `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
}

export function shown(callId: string, imageUrl = drawPng()): ResponseInputItem.ComputerCallOutput {
  return {
    type: 'computer_call_output',
    call_id: callId,
    output: { type: 'computer_screenshot', image_url: imageUrl },
  };
}

export function callIn({ output }: OpenAI.Responses.Response): OpenAI.Responses.ResponseComputerToolCall {
  const call = output.find((item) => item.type === 'computer_call');
  if (call === undefined) throw new Error('the response holds no computer call');
  return call;
}

/** How a refused request is refused. */
export async function refusalOf(request: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    const { status, code, param, type, error: body } = error;
    return { status, code, param, type, message: messageOf(body) };
  }
  throw new Error('the request was not refused');
}

function messageOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
}

/** Time in the test's own hands: each wait of the server lasts until it is let go. */
export class HeldTime {
  readonly #waiting: (() => void)[] = [];
  readonly #askers: (() => void)[] = [];

  readonly wait = async (_milliseconds: number, signal: AbortSignal): Promise<void> => {
    const held = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => held.reject(new Error('stopped')));
    this.#waiting.push(held.resolve);
    this.#askers.shift()?.();
    await held.promise;
  };

  /** Lets the oldest wait end, as soon as there is one. */
  async letGo(): Promise<void> {
    if (this.#waiting.length === 0) {
      const asked = Promise.withResolvers<void>();
      this.#askers.push(asked.resolve);
      await asked.promise;
    }
    this.#waiting.shift()?.();
  }
}

/** A turn for a brain that is asked without a server. */
export function turnOf(parts: Partial<Turn>): Turn {
  return {
    model,
    instructions: null,
    texts: [],
    allTexts: [],
    screenshot: null,
    computerTool: null,
    outputSchema: null,
    memory: undefined,
    ...parts,
  };
}
