import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActionProblem, type ComputerAction } from '../../../../activities/computer-use/actions.ts';
import { noSignal, openChromium } from '../../../support/computer-use/chromium-computer.ts';
import { startCountingServer, type CountingServer } from '../../../support/http/counting-server.ts';

/** Everything that happens on the page goes to its server as `/told?…`, so that a test need not look inside. */
const script = `
  const tell = (what) => navigator.sendBeacon('/told?' + encodeURIComponent(what));
  for (const type of ['click', 'dblclick', 'auxclick', 'mousedown', 'mouseup', 'mousemove', 'wheel'])
    addEventListener(type, (e) => tell([type, e.clientX, e.clientY, e.button, e.shiftKey ? 'shift' : ''].join(' ')));
  addEventListener('keydown', (e) => tell('key ' + (e.ctrlKey && e.key !== 'Control' ? 'ctrl ' : '') + e.key));
  document.getElementById('text').addEventListener('input', (e) => tell('text ' + e.target.value));
`;
const place = (y: number) => `style="position:absolute;left:0;top:${y}px;width:200px;height:40px"`;
const pages: Readonly<Record<string, string>> = {
  '/': `<title>home</title><body style="height:3000px">
    <input id="text" ${place(0)}>
    <a ${place(50)} href="/second">second</a>
    <button ${place(100)} onclick="document.title = confirm('Really?')">dialog</button>
    <a ${place(150)} href="/second" target="_blank">new tab</a>
    <a ${place(200)} href="/file">download</a>
    <a ${place(250)} href="http://example.invalid/">away</a>
    <script>${script}</script>`,
  '/second': '<title>second</title><body style="background:#cde"><h1>Second</h1>',
  '/once': '<title>once</title><a style="position:absolute;inset:0" href="/second">second</a>',
  '/keep': `<title>keep</title><body style="height:3000px"><script>
    const told = [document.cookie, localStorage.a, sessionStorage.b].join(' ');
    fetch('/told?' + encodeURIComponent(told));
    document.cookie = 'c=cookie; max-age=1000';
    localStorage.a = 'local';
    sessionStorage.b = 'session';
    addEventListener('scroll', () => fetch('/told?scrolled ' + scrollY));
  </script>`,
};

let site: CountingServer;
beforeAll(async () => {
  site = await startCountingServer((response, { url }) => {
    if (url === '/file') {
      return response.writeHead(200, { 'content-disposition': 'attachment; filename="list.zip"' }).end('zip');
    }
    // "No content" leaves a browser where it is: shown once, never again.
    if (url === '/once' && site.received.filter((request) => request.url === url).length > 1) {
      return response.writeHead(204).end();
    }
    const headers = { 'content-type': 'text/html', 'cache-control': 'no-store' };
    response.writeHead(200, headers).end(`<!doctype html>${pages[url] ?? ''}`);
  });
});
afterAll(() => site.close());

function reported(from = 0): string[] {
  return site.received
    .slice(from)
    .filter(({ url }) => url.startsWith('/told?'))
    .map(({ url }) => decodeURIComponent(url.slice('/told?'.length)));
}

const click = (x: number, y: number): ComputerAction => ({ type: 'click', x, y, button: 'left', keys: [] });

describe('a real browser', () => {
  it('clicks, double-clicks, types, presses chords, scrolls and drags at the points that it gets', async () => {
    const { computer } = await openChromium({ startUrl: site.origin });
    const act = (action: ComputerAction) => computer.perform(action, noSignal);
    await act(click(20, 20));
    await act({ type: 'type', text: 'hello' });
    await act({ type: 'keypress', keys: ['CTRL', 'a'] });
    await act({ type: 'keypress', keys: ['BACKSPACE'] });
    await act({ type: 'double_click', x: 400, y: 400, keys: ['SHIFT'] });
    await act({ type: 'click', x: 410, y: 410, button: 'right', keys: [] });
    await act({
      type: 'drag',
      path: [
        { x: 300, y: 300 },
        { x: 350, y: 350 },
        { x: 500, y: 310 },
      ],
      keys: [],
    });
    const before = (await computer.state(noSignal)).scroll.y;
    await act({ type: 'scroll', x: 400, y: 400, scroll_x: 0, scroll_y: 500, keys: [] });
    expect([before, (await computer.state(noSignal)).scroll.y]).toEqual([0, 500]);
    await expect.poll(() => reported().some((what) => what.startsWith('wheel'))).toBe(true);
    const what = reported();
    expect(what).toContain('text hello');
    expect(what).toContain('key ctrl a');
    expect(what).toContain('text ');
    expect(what).toContain('dblclick 400 400 0 shift');
    expect(what).toContain('mousedown 410 410 2 ');
    expect(what.indexOf('mousedown 300 300 0 ')).toBeLessThan(what.indexOf('mouseup 500 310 0 '));
    expect(what).toContain('mousedown 300 300 0 ');
  });

  it('clicks with the wheel, and holds keys while it moves, drags and scrolls; they are let go after it', async () => {
    const { computer } = await openChromium({ startUrl: site.origin });
    const act = (action: ComputerAction) => computer.perform(action, noSignal);
    const keys = ['SHIFT'];
    const from = site.received.length;
    await act({ type: 'click', x: 420, y: 420, button: 'wheel', keys: [] });
    await act({ type: 'move', x: 430, y: 430, keys });
    await act({ type: 'scroll', x: 440, y: 440, scroll_x: 0, scroll_y: 10, keys });
    await act({
      type: 'drag',
      path: [
        { x: 450, y: 450 },
        { x: 460, y: 460 },
      ],
      keys,
    });
    await act(click(470, 470));
    await expect.poll(() => reported(from)).toContain('click 470 470 0 ');
    expect(reported(from)).toEqual(
      expect.arrayContaining([
        'auxclick 420 420 1 ',
        'mousemove 430 430 0 shift',
        'wheel 440 440 0 shift',
        'mousedown 450 450 0 shift',
        'mouseup 460 460 0 shift',
      ]),
    );
  });

  it('A03: waits two seconds, or until the step is cancelled; a screenshot does nothing', async () => {
    const { computer } = await openChromium({ startUrl: site.origin });
    const started = performance.now();
    await computer.perform({ type: 'wait' }, noSignal);
    expect(performance.now() - started).toBeGreaterThanOrEqual(2_000);
    const from = site.received.length;
    await computer.perform({ type: 'screenshot' }, noSignal);
    expect(reported(from)).toEqual([]);
    const stop = new AbortController();
    const waiting = computer.perform({ type: 'wait' }, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow('abort');
  });

  it('goes back and forward through its history', async () => {
    const { computer } = await openChromium({ startUrl: site.origin });
    await computer.perform(click(20, 70), noSignal);
    await computer.screenshot(noSignal);
    expect(computer.url()).toBe(`${site.origin}/second`);
    await computer.perform({ type: 'click', x: 1, y: 1, button: 'back', keys: [] }, noSignal);
    expect(computer.url()).toBe(`${site.origin}/`);
    await computer.perform({ type: 'click', x: 1, y: 1, button: 'forward', keys: [] }, noSignal);
    expect(computer.url()).toBe(`${site.origin}/second`);
  });

  it('reports a history that cannot be gone through to the model, and stays where it is', async () => {
    const { computer } = await openChromium({ startUrl: `${site.origin}/once` });
    await computer.perform(click(20, 20), noSignal);
    await computer.screenshot(noSignal);
    expect(computer.url()).toBe(`${site.origin}/second`);
    const back: ComputerAction = { type: 'click', x: 1, y: 1, button: 'back', keys: [] };
    const error: unknown = await computer.perform(back, noSignal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionProblem);
    expect(computer.url()).toBe(`${site.origin}/second`);
  });

  it('answers a dialog, follows a new tab and keeps a download; what a picture does not show is noted once', async () => {
    const { computer } = await openChromium({ startUrl: site.origin });
    await computer.perform(click(20, 120), noSignal);
    expect(computer.takeNotes()).toEqual(['A confirm dialog said "Really?"; it was dismissed.']);
    expect(computer.takeNotes()).toEqual([]);
    await computer.perform(click(20, 220), noSignal);
    const finished = async () => (await computer.downloads.list(100, noSignal)).finished;
    await expect.poll(finished).toMatchObject([{ name: 'list.zip' }]);
    expect(computer.url()).toBe(`${site.origin}/`);
    await computer.perform(click(20, 170), noSignal);
    await expect.poll(() => computer.url()).toBe(`${site.origin}/second`);
    expect(computer.takeNotes()).toEqual(['A new tab was opened; you now see it.']);
  });

  it('refuses to leave the allow-list, and says so', async () => {
    const { computer, denied } = await openChromium({ startUrl: site.origin });
    await computer.perform(click(20, 270), noSignal);
    await computer.screenshot(noSignal);
    expect(computer.url()).toBe(`${site.origin}/`);
    expect(computer.takeNotes().join(' ')).toContain('Going to http://example.invalid/ was refused');
    expect(denied).toHaveLength(1);
  });

  it('refuses to open on a page that is not allowed', async () => {
    const opening = openChromium({ startUrl: site.origin, navigate: ['https://example.com'] });
    await expect(opening).rejects.toMatchObject({ type: 'egress_refused', nonRetryable: true });
  });

  it.each<[string, ComputerAction]>([
    ['there is no key named HYPER', { type: 'keypress', keys: ['HYPER', 'a'] }],
    ['there is no key named HYPER', { type: 'click', x: 1, y: 1, button: 'left', keys: ['HYPER'] }],
    ['the point 800,10 is not on the screen of 800×600', click(800, 10)],
    ['the point 10,-1 is not on the screen of 800×600', click(10, -1)],
    ['could not go back: this is the first page', { type: 'click', x: 1, y: 1, button: 'back', keys: [] }],
    ['could not go forward: this is the last page', { type: 'click', x: 1, y: 1, button: 'forward', keys: [] }],
    ['there is no key ü: type it as text', { type: 'keypress', keys: ['ü'] }],
    [
      'the point 10,600 is not on the screen of 800×600',
      {
        type: 'drag',
        path: [
          { x: 1, y: 1 },
          { x: 10, y: 600 },
        ],
        keys: [],
      },
    ],
  ])('tells the model: %s', async (message, action) => {
    const { computer } = await openChromium({ startUrl: site.origin });
    const error: unknown = await computer.perform(action, noSignal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionProblem);
    expect(String(error)).toContain(message);
  });
});

describe('A05: the state of a browser that died', () => {
  it('is put back in another: address, cookies, both storages and scroll position', async () => {
    const startUrl = `${site.origin}/keep`;
    const first = await openChromium({ startUrl });
    await first.computer.perform({ type: 'scroll', x: 10, y: 10, scroll_x: 0, scroll_y: 700, keys: [] }, noSignal);
    const state = await first.computer.state(noSignal);
    await first.computer.close();
    expect(state.scroll.y).toBe(700);

    const second = await openChromium({ startUrl: site.origin, restore: state });
    expect(second.computer.url()).toBe(startUrl);
    await expect.poll(() => reported()).toContain('c=cookie local session');
    expect((await second.computer.state(noSignal)).scroll.y).toBe(700);
  });

  it('on a page that is no longer allowed begins on the start page', async () => {
    const first = await openChromium({ startUrl: site.origin });
    const state = { ...(await first.computer.state(noSignal)), url: 'http://example.invalid/' };
    const second = await openChromium({ startUrl: `${site.origin}/second`, restore: state });
    expect(second.computer.url()).toBe(`${site.origin}/second`);
  });
});
