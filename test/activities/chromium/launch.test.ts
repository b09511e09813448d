/** What our Chromium does without, as Chromium itself reads it and as a running one shows it. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { launchChromium } from '../../../activities/chromium/launch.ts';
import { chromium } from '../../support/computer-use/chromium-computer.ts';

/** A program that writes its arguments down and ends, in place of Chromium. */
async function listing(): Promise<{ program: string; features: () => Promise<readonly Set<string>[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-switches-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [program, switches] = [join(folder, 'chromium'), join(folder, 'switches')];
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${switches}'\n`);
  await chmod(program, 0o700);
  const name = '--disable-features=';
  const features = async (): Promise<readonly Set<string>[]> =>
    (await readFile(switches, 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith(name))
      .map((line) => new Set(line.slice(name.length).split(',')));
  return { program, features };
}

it('the last list of disabled features, which alone counts, has all that Playwright disables', async () => {
  const { program, features } = await listing();
  await expect(launchChromium({ executablePath: program, sandbox: false }, null)).rejects.toThrow(
    'could not be started',
  );
  const lists = await features();
  expect(lists).toHaveLength(2);
  const [ofPlaywright, ours] = lists;
  expect([...(ofPlaywright ?? [])].filter((feature) => ours?.has(feature) !== true)).toEqual([]);
});

it('a window has no page but its own', async () => {
  const { browser, close } = await launchChromium(chromium, null);
  onTestFinished(close);
  const page = await browser.newPage();
  await page.goto('data:text/html,<h1>alone</h1>');
  // Pages of Chromium's own are there as soon as the window is: they would be loaded before the screenshot.
  await page.screenshot();
  const cdp = await browser.newBrowserCDPSession();
  const { targetInfos } = await cdp.send('Target.getTargets', { filter: [{}] });
  const pages = targetInfos.filter(({ type }) => type !== 'tab' && type !== 'browser').map(({ url }) => url);
  expect(pages).toEqual(['data:text/html,<h1>alone</h1>']);
});
