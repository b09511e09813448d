/** The openai package's own computer loop and ours, at the same tasks: both bring them to the same end. */
import { setTimeout as delay } from 'node:timers/promises';
import { ComputerToolset } from 'openai/helpers/computer';
import { chromium as playwright } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createComputerHosts } from '../../../activities/computer-use/host/hosts.ts';
import { createRunComputerUse } from '../../../activities/computer-use/run-computer-use.ts';
import { createOpenAiModel } from '../../../activities/llm/openai-model.ts';
import { createPaidCalls } from '../../../activities/llm/paid-call.ts';
import { plainDriver } from '../../../bench/computer/plain-driver.ts';
import type { BrainAnswer, ComputerAction } from '../../../demo/model-server/brains/brain.ts';
import { model, start, textAnswer } from '../../demo/model-server/harness.ts';
import { activityPlace, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { chromium } from '../../support/computer-use/chromium-computer.ts';
import { pageSite } from '../../support/computer-use/page-site.ts';
import { temporaryHosts } from '../../support/computer-use/browser-hosts.ts';

const site = pageSite({
  '/': `<form onsubmit="event.preventDefault(); tell('sent ' + name.value)">
      <input name="name" style="position:absolute;left:20px;top:20px;width:200px;height:30px">
      <button style="position:absolute;left:20px;top:70px;width:100px;height:40px">send</button>
    </form>
    <a href="/next" style="position:absolute;left:20px;top:130px">next</a>
    <div style="position:absolute;left:300px;top:20px;width:100px;height:100px;background:red"
      onmousedown="tell('down')" onmouseup="tell('up')" ondblclick="tell('double')" onwheel="tell('wheel')"></div>`,
  '/next': `<button style="position:absolute;left:20px;top:20px;width:100px;height:40px" onclick="tell('there')">there</button>`,
});

const click = (x: number, y: number): ComputerAction => ({ type: 'click', x, y, button: 'left' });
const tasks: readonly (readonly [
  name: string,
  batches: readonly (readonly ComputerAction[])[],
  reported: readonly string[],
])[] = [
  [
    'fill a form and send it by mouse',
    [[{ type: 'screenshot' }], [click(100, 35), { type: 'type', text: 'Ada' }], [click(60, 90)]],
    ['sent Ada'],
  ],
  [
    'send a form by key, correcting what was typed',
    [
      [click(100, 35), { type: 'type', text: 'Adx' }, { type: 'keypress', keys: ['Backspace'] }],
      [
        { type: 'type', text: 'a' },
        { type: 'keypress', keys: ['Enter'] },
      ],
    ],
    ['sent Ada'],
  ],
  [
    'drag, double-click and scroll',
    [
      [
        {
          type: 'drag',
          path: [
            { x: 310, y: 30 },
            { x: 350, y: 60 },
          ],
          keys: [],
        },
      ],
      [{ type: 'scroll', x: 350, y: 60, scroll_x: 0, scroll_y: 50 }],
    ],
    ['down', 'up', 'wheel'],
  ],
  ['go to another page and press what is there', [[click(35, 140)], [click(60, 40)]], ['there']],
];

const OutputSchema = z.object({ output: z.object({ value: z.object({ text: z.string() }) }) });

type Script = readonly BrainAnswer[];

async function byTheirs(script: Script): Promise<string> {
  const { client } = await start(script);
  const browser = await playwright.launch({
    executablePath: chromium.executablePath,
    chromiumSandbox: chromium.sandbox,
  });
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
  await page.goto(site.origin);
  const response = await new ComputerToolset(plainDriver(page, 100)).run(client, { model, input: 'Do it.' });
  return response.output_text;
}

async function byOurs(script: Script): Promise<string> {
  const { server } = await start(script);
  const { store, definition } = await storeWithJob({
    network: { navigate: [site.origin] },
    steps: [
      { id: 'do', kind: 'computer_use', startUrl: site.origin, goal: 'Do it.', display: { width: 800, height: 600 } },
    ],
  });
  const openai = createOpenAiModel({ apiKey: 'a-key', baseUrl: server.url, prices: {} });
  const sleep = (milliseconds: number): Promise<void> => delay(milliseconds);
  const run = createRunComputerUse({
    store,
    askOnce: createPaidCalls({ ...store, model: openai, sleep, wasCancelled: () => false }),
    computers: createComputerHosts(await temporaryHosts()),
    defaultModel: model,
    secrets: {},
    allowPrivateOrigins: [site.origin],
  });
  const result: unknown = await activityPlace().run(run, stepInput(definition));
  expect(result).toMatchObject({ state: 'succeeded', output: { kind: 'inline' } });
  return OutputSchema.parse(result).output.value.text;
}

it.each(tasks)('both loops %s', async (_name, batches, reported) => {
  const script = [...batches.map((actions) => ({ kind: 'computer' as const, actions })), textAnswer('It is done.')];
  for (const run of [byTheirs, byOurs]) {
    expect(await run(script)).toBe('It is done.');
    const received: string[] = [];
    await expect
      .poll(() => {
        received.push(...site.reported());
        return received;
      })
      .toEqual(reported);
  }
});
