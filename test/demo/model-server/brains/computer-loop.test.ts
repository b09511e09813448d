/** The openai package's own computer loop as an oracle: what it takes, a real client takes. */
import { ComputerToolset, type ComputerDriver } from 'openai/helpers/computer';
import { expect, it } from 'vitest';
import type { BrainAnswer } from '../../../../demo/model-server/brains/brain.ts';
import { clickThere, drawPng, model, start, textAnswer } from '../harness.ts';

/** A computer whose screen gets darker with each thing that is done to it. */
class FakeComputer implements ComputerDriver {
  readonly done: string[] = [];

  readonly #act = (action: { readonly type: string }): void => {
    this.done.push(action.type);
  };
  readonly click = this.#act;
  readonly double_click = this.#act;
  readonly drag = this.#act;
  readonly keypress = this.#act;
  readonly move = this.#act;
  readonly scroll = this.#act;
  readonly type = this.#act;
  readonly wait = this.#act;

  screenshot(): { type: 'computer_screenshot'; image_url: string } {
    return { type: 'computer_screenshot', image_url: drawPng(64, 32, 200 - 10 * this.done.length) };
  }
}

const typeAndSend: BrainAnswer = {
  kind: 'computer',
  actions: [
    { type: 'type', text: 'Hello' },
    { type: 'keypress', keys: ['ENTER'] },
  ],
  say: 'I write and send it.',
  memory: 'sent',
};

it('the loop of the openai package runs to its end, on the pictures of its computer', async () => {
  const { client, brain } = await start([
    { kind: 'computer', actions: [{ type: 'screenshot' }], memory: 'looked' },
    typeAndSend,
    textAnswer('It is sent.'),
  ]);
  const computer = new FakeComputer();
  const response = await new ComputerToolset(computer).run(client, { model, input: 'Say hello', store: false });
  expect(response.output_text).toBe('It is sent.');
  expect(computer.done).toEqual(['type', 'keypress']);
  // It replays the whole conversation each time; the brain is shown what is new, and remembers what it knew.
  expect(brain.turns.map(({ memory }) => memory)).toEqual([undefined, 'looked', 'sent']);
  expect(brain.turns.map(({ texts }) => texts)).toEqual([['Say hello'], [], []]);
  expect(brain.turns.map(({ screenshot }) => screenshot?.data[0])).toEqual([undefined, 200, 180]);
});

it('the loop of the openai package asks for approval of safety checks and sends it', async () => {
  const safetyChecks = [{ id: 'cu_sc_1', code: 'sensitive_domain', message: 'This is a bank.' }];
  const { client } = await start([{ ...clickThere, safetyChecks }, textAnswer('Done.')]);
  const computer = new FakeComputer();
  const response = await new ComputerToolset(computer).run(
    client,
    { model, input: 'Click' },
    { approveSafetyChecks: (call) => call.pending_safety_checks[0]?.code === 'sensitive_domain' },
  );
  expect(response.output_text).toBe('Done.');
  expect(computer.done).toEqual(['click']);
});

it('the loop of the openai package takes the preview form', async () => {
  const { client } = await start([clickThere, textAnswer('Done.')], { allowRetiredModels: true });
  const computer = new FakeComputer();
  const response = await new ComputerToolset(computer).run(client, {
    model: 'computer-use-preview',
    input: 'Click',
    truncation: 'auto',
    tools: [{ type: 'computer_use_preview', display_width: 64, display_height: 32, environment: 'browser' }],
  });
  expect(response.output_text).toBe('Done.');
  expect(computer.done).toEqual(['click']);
});

it('the loop of the openai package refuses a call that comes twice, which is what that fault is for', async () => {
  const { client, server } = await start([clickThere]);
  server.injectFault({ kind: 'duplicate' });
  const computer = new FakeComputer();
  const run = new ComputerToolset(computer).run(client, { model, input: 'Click' });
  await expect(run).rejects.toThrow('duplicate computer call identity');
  expect(computer.done).toEqual([]);
});
