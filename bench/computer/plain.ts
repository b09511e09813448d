/** One session of the openai package's own computer loop, in a process that ends with the session. */
import { parseArgs } from 'node:util';
import OpenAI from 'openai';
import { ComputerToolset } from 'openai/helpers/computer';
import { chromium } from 'playwright-core';
import { toolPath } from '../../workers/local/tools.ts';
import { plainDriver } from './plain-driver.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: '' },
    site: { type: 'string', default: '' },
    page: { type: 'string', default: 'text' },
    wait: { type: 'string', default: '0' },
    turns: { type: 'string', default: '24' },
  },
});
const client = new OpenAI({ apiKey: 'none', baseURL: values.model, maxRetries: 0 });
process.stdout.write('ready plain\n');

await fetch(`${values.site}/begin?turns=${values.turns}`, { method: 'POST' });
const browser = await chromium.launch({
  executablePath: toolPath('chromium'),
  chromiumSandbox: process.getuid?.() !== 0,
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.goto(`${values.site}/${values.page}`);
const request = { model: 'gpt-5.4-mini', input: 'Press the button.' };
await new ComputerToolset(plainDriver(page, Number(values.wait))).run(client, request, {
  maxSteps: Number(values.turns) + 10,
});
await browser.close();
