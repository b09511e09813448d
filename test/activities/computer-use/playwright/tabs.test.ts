import { chromium } from 'playwright-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ComputerAction } from '../../../../activities/computer-use/actions.ts';
import type { Computer } from '../../../../activities/ports.ts';
import { noSignal, openChromium } from '../../../support/computer-use/chromium-computer.ts';
import { everywhere, pageSite } from '../../../support/computer-use/page-site.ts';

const site = pageSite({
  '/': `<a ${everywhere} href="/opened" target="_blank">open</a>`,
  '/two': `<button ${everywhere} onclick="window.open('/opened'); window.open('/opened?2')">open two</button>`,
  '/opened': `<button ${everywhere} onclick="window.close()">close</button>`,
  '/opened?2': `<button ${everywhere} onclick="window.close()">close</button>`,
  '/slow-tab': `<a ${everywhere} href="/slow" target="_blank">open</a>`,
  '/to-slow': `<a ${everywhere} href="/slow">go</a>`,
  '/slow': (response) => {
    setTimeout(() => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>slow</h1>'), 400);
  },
  '/hangs': `<button ${everywhere} onclick="for (;;);">hang</button>`,
  '/busy': `<button ${everywhere} onclick="const end = Date.now() + 4000; while (Date.now() < end);">busy</button>`,
});
const click: ComputerAction = { type: 'click', x: 100, y: 100, button: 'left', keys: [] };

/** Crashes the renderer of whichever page is open, as a page that runs out of memory does. */
async function openCrashable(startUrl: string): Promise<{ computer: Computer; crash: () => Promise<void> }> {
  const launch = vi.spyOn(chromium, 'launchPersistentContext');
  onTestFinished(() => launch.mockRestore());
  const { computer } = await openChromium({ startUrl });
  const own = await launch.mock.results[0]?.value;
  const crash = async (): Promise<void> => {
    const context = own?.browser()?.contexts().at(-1);
    const page = context?.pages().at(-1);
    if (context === undefined || page === undefined) throw new Error('there is no page to crash');
    const cdp = await context.newCDPSession(page);
    const crashed = new Promise((resolve) => page.once('crash', resolve));
    // The answer to this never comes.
    void cdp.send('Page.crash').catch(() => undefined);
    await crashed;
  };
  return { computer, crash };
}

describe('a tab', () => {
  it('that closes gives way to the one that opened it', async () => {
    const { computer } = await openChromium({ startUrl: `${site.origin}/two` });
    await computer.perform(click, noSignal);
    await expect.poll(() => computer.url()).toBe(`${site.origin}/opened?2`);
    computer.takeNotes();
    await computer.perform(click, noSignal);
    await expect.poll(() => computer.url()).toBe(`${site.origin}/two`);
    expect(computer.takeNotes()).toEqual(['The tab was closed; you see the one that opened it.']);
  });

  it('that its server is slow to answer is waited for', async () => {
    const { computer } = await openChromium({ startUrl: `${site.origin}/slow-tab` });
    await computer.perform(click, noSignal);
    await computer.screenshot(noSignal);
    expect(computer.url()).toBe(`${site.origin}/slow`);
    expect(computer.takeNotes()).toEqual(['A new tab was opened; you now see it.']);
  });

  it('that goes to a page whose server is slow is looked at when it is there', async () => {
    const { computer } = await openChromium({ startUrl: `${site.origin}/to-slow` });
    await computer.perform(click, noSignal);
    await computer.screenshot(noSignal);
    expect(computer.url()).toBe(`${site.origin}/slow`);
  });
});

describe('a page that crashes', () => {
  it('is opened anew, and the model gets a note', async () => {
    const { computer, crash } = await openCrashable(`${site.origin}/opened`);
    await crash();
    expect((await computer.screenshot(noSignal)).bytes.byteLength).toBeGreaterThan(0);
    expect(computer.url()).toBe(`${site.origin}/opened`);
    expect(computer.takeNotes()).toEqual([
      'The tab crashed.',
      `No tab was left: ${site.origin}/opened was opened anew, and what was typed there is gone.`,
    ]);
  });

  it('again and again is a failure of the browser', async () => {
    const { computer, crash } = await openCrashable(`${site.origin}/opened`);
    for (let times = 0; times < 3; times += 1) {
      await crash();
      await computer.screenshot(noSignal);
    }
    await crash();
    await expect(computer.screenshot(noSignal)).rejects.toMatchObject({ type: 'browser' });
  });
});

describe('A03: a page whose script is busy', () => {
  it('costs the action its time, of which the model gets a note, and is looked at when it answers again', async () => {
    const { computer } = await openChromium({ startUrl: `${site.origin}/busy`, actionMilliseconds: 1_000 });
    await expect(computer.perform(click, noSignal)).rejects.toThrow('it may have happened');
    await computer.screenshot(noSignal);
    expect(computer.url()).toBe(`${site.origin}/busy`);
    expect(computer.takeNotes()).toEqual([]);
  });

  it('for good is closed and opened anew', async () => {
    const { computer } = await openChromium({ startUrl: `${site.origin}/hangs`, actionMilliseconds: 1_000 });
    await expect(computer.perform(click, noSignal)).rejects.toThrow('the page did not answer');
    await computer.screenshot(noSignal);
    expect(computer.takeNotes()).toEqual([
      'The tab did not answer and was closed.',
      `No tab was left: ${site.origin}/hangs was opened anew, and what was typed there is gone.`,
    ]);
  });
});
