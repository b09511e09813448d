/** The replay in a real browser: the slider, the keys and a run that continues; and the exported file without a server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openPage } from '../../../../support/browser/browser-page.ts';
import {
  beginRun,
  clickAt,
  recordTurn,
  rednessOf,
  typing,
  visiting,
} from '../../../../support/computer-use/computer-run.ts';
import { endJob, serveApp, testApi } from '../../harness.ts';

async function recordedRun(turns: number) {
  const { app, store, acceptedJob, ask } = await testApi();
  const id = await acceptedJob(visiting);
  await beginRun(store, id);
  for (let iteration = 1; iteration <= turns; iteration += 1) await recordTurn(store, id, iteration);
  return { app, store, id, ask, replay: `/jobs/${id}/steps/visit/replay` };
}

const newPage = (options: BrowserContextOptions = {}) =>
  openPage({ viewport: { width: 390, height: 844 }, ...options });

const readRed = `(() => {
  const picture = document.querySelector('.turn:not([hidden]) .stage img');
  const context = document.createElement('canvas').getContext('2d');
  if (picture === null) return -1;
  context.drawImage(picture, 0, 0);
  return context.getImageData(1, 1, 1, 1).data[0];
})()`;

/** The turn whose picture is really on the screen, identified by the colour that Chromium draws. */
async function shownTurn(page: Page): Promise<number> {
  const red = z.number().parse(await page.evaluate(readRed));
  return red / rednessOf(1);
}

const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 20_000 });

const position = (page: Page) => page.getByRole('slider', { name: 'Turn' });

async function plays(page: Page): Promise<void> {
  await eventually(() => shownTurn(page)).toBe(1);
  await position(page).fill('4');
  await eventually(() => shownTurn(page)).toBe(4);
  expect(await page.locator('.turn:visible').count()).toBe(1);
  expect(await page.locator('.turn:visible .answer-text').textContent()).toBe('words of turn 4');
  expect(await position(page).getAttribute('aria-valuetext')).toBe('turn 4 of 5');
  await position(page).blur();
  await page.keyboard.press('ArrowLeft');
  await eventually(() => shownTurn(page)).toBe(3);
  await page.keyboard.press('Home');
  await eventually(() => shownTurn(page)).toBe(1);
  await page.getByLabel('Speed').selectOption('4');
  await page.getByRole('button', { name: 'Play' }).click();
  await eventually(() => shownTurn(page)).toBe(5);
  await page.getByRole('button', { name: 'Play' }).waitFor();
}

test('the slider, the keys and the play button move the picture', async () => {
  const { app, replay, store, id } = await recordedRun(5);
  await endJob(store, id);
  const { page, complaints } = await newPage();
  await page.goto(`${await serveApp(app)}${replay}`);
  await plays(page);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(complaints).toEqual([]);
});

test('without a script every turn can be read', async () => {
  const { app, replay } = await recordedRun(3);
  const { page } = await newPage({ javaScriptEnabled: false });
  await page.goto(`${await serveApp(app)}${replay}`);
  expect(await page.locator('.turn:visible').count()).toBe(3);
  expect(await page.getByRole('slider').count()).toBe(0);
});

test('the exported file opens from the disk, asks for nothing, and plays', async () => {
  const { ask, replay } = await recordedRun(5);
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-replay-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'replay.html');
  await writeFile(path, await (await ask(`${replay}.html`)).text());
  const { page, complaints } = await newPage();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  const address = pathToFileURL(path).href;
  await page.goto(address);
  await plays(page);
  expect(requests.filter((url) => !url.startsWith('data:'))).toEqual([address]);
  expect(complaints).toEqual([]);
});

test('the marks lie where the actions were done, at the width of a phone', async () => {
  const { app, replay, store, id } = await recordedRun(0);
  await recordTurn(store, id, 1, { actions: [clickAt(320, 100), typing('hello')] });
  await endJob(store, id);
  const { page } = await newPage();
  await page.goto(`${await serveApp(app)}${replay}`);
  const stage = await page.locator('.stage').boundingBox();
  const dot = await page.locator('.overlay .dot').boundingBox();
  if (stage === null || dot === null) throw new Error('the mark is not drawn');
  expect(dot.x + dot.width / 2 - stage.x).toBeCloseTo(stage.width / 2, -1);
  expect(dot.y + dot.height / 2 - stage.y).toBeCloseTo(stage.height / 4, -1);
  expect(await page.locator('.overlay text').last().textContent()).toBe('2 “hello”');
});

test('a run that goes on is followed by the replay and by the job page, until it ends', async () => {
  const { app, replay, store, id } = await recordedRun(2);
  const url = await serveApp(app);
  const { page, complaints } = await newPage();
  const job = await page.context().newPage();
  await job.goto(`${url}/jobs/${id}`);
  await page.goto(`${url}${replay}`);
  await eventually(() => shownTurn(page)).toBe(2);
  await recordTurn(store, id, 3, { asking: true });
  await eventually(() => shownTurn(page)).toBe(3);
  await page.getByText('The model is looking').waitFor();
  await recordTurn(store, id, 3);
  await page.getByText('words of turn 3', { exact: true }).waitFor();
  await job.getByText('words of turn 3', { exact: true }).waitFor();
  await page.keyboard.press('Home');
  await eventually(() => shownTurn(page)).toBe(1);
  await recordTurn(store, id, 4);
  await eventually(() => page.locator('.turn').count()).toBe(4);
  expect(await shownTurn(page)).toBe(1);
  await endJob(store, id);
  await page.getByText('This run has ended.').waitFor();
  expect(complaints).toEqual([]);
});
