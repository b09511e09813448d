/** Pages that keep a browser waiting, move, ask for things or are very large: each is looked at in bounded time. */
import { PNG } from 'pngjs';
import { describe, expect, it, vi, type TestContext } from 'vitest';
import type { ComputerAction } from '../../../../activities/computer-use/actions.ts';
import type { Computer } from '../../../../activities/ports.ts';
import { noSignal, openChromium } from '../../../support/computer-use/chromium-computer.ts';
import { everywhere, pageSite, reportScript } from '../../../support/computer-use/page-site.ts';

const html = { 'content-type': 'text/html' };
const site = pageSite({
  '/form': `<input style="position:absolute;left:0;top:0;width:300px;height:30px">
    <a style="position:absolute;left:0;top:200px" href="/never-answers">go to where nobody answers</a>
    <button style="position:absolute;left:0;top:100px;width:300px;height:30px" onclick="tell(document.querySelector('input').value)">
      report</button>`,
  '/never-answers': () => {},
  '/font': `<style>@font-face { font-family: slow; src: url(/never-answers) }</style><h1 style="font-family:slow">text</h1>`,
  '/never-ends': (response) => {
    response.writeHead(200, html).write('<!doctype html><h1>the first half</h1>');
  },
  '/picture': `<h1>text</h1><img src="/never-answers">`,
  '/redirects': (response) => response.writeHead(302, { location: '/redirects' }).end(),
  '/reloads': '<script>setTimeout(() => location.reload(), 50)</script><h1>again</h1>',
  '/moves': `<style>@keyframes turn { to { transform: rotate(1turn) } }
    div { width: 200px; height: 200px; background: red; animation: turn 1s linear infinite }</style><div></div>`,
  '/wide': `<div style="width:10000px;height:10000px;background:linear-gradient(red,blue)"></div>
    <script>addEventListener('scroll', () => tell([scrollX, scrollY].join(' ')))</script>`,
  '/fetches': `<button ${everywhere} onclick="fetch('/slow').then((a) => a.text()).then((t) => this.style.background = t)">
    fetch</button>`,
  '/slow': (response) => {
    setTimeout(() => response.end('#00ff00'), 300);
  },
  '/prints': `<button ${everywhere} onclick="print(); tell('went on')">print</button>`,
  '/full': `<button ${everywhere} onclick="document.documentElement.requestFullscreen().then(() => tell('full'))">full</button>`,
  '/asks': `<button ${everywhere} onclick="ask()">ask</button><script>
    const ask = () => {
      navigator.geolocation.getCurrentPosition(() => tell('place'), () => tell('no place'));
      Notification.requestPermission().then((answer) => tell('notifications ' + answer));
      navigator.clipboard?.readText().then(() => tell('clipboard'), () => tell('no clipboard'));
      navigator.mediaDevices?.getUserMedia({ video: true }).then(() => tell('camera'), () => tell('no camera'));
    };</script>`,
  '/password': (response) => {
    response.writeHead(401, { ...html, 'www-authenticate': 'Basic realm="a place"' }).end('<h1>Who are you?</h1>');
  },
  '/to-password': `<a ${everywhere} href="/password">go</a>`,
  '/mails': `<a ${everywhere} href="mailto:somebody@site.example">write</a>${reportScript}`,
});
const click: ComputerAction = { type: 'click', x: 400, y: 300, button: 'left', keys: [] };
const open = (path: string, context?: TestContext) =>
  openChromium({ startUrl: `${site.origin}${path}`, navigationMilliseconds: 3_000 }, context?.onTestFinished);

async function picture(computer: Computer): Promise<PNG> {
  const { bytes, mediaType } = await computer.screenshot(noSignal);
  expect(mediaType).toBe('image/png');
  return PNG.sync.read(Buffer.from(bytes));
}
const hasInk = ({ data }: PNG): boolean => data.some((value) => value < 128);

// Together, since all that they do is wait for limits.
describe.concurrent('a page that does not arrive is looked at as it is', () => {
  it.for(['/never-ends', '/picture'])('when it never finishes loading: %s', async (path, context) => {
    const { computer } = await open(path, context);
    expect(hasInk(await picture(computer))).toBe(true);
    await computer.perform({ type: 'move', x: 10, y: 10, keys: [] }, noSignal);
    expect(computer.url()).toBe(`${site.origin}${path}`);
  });

  it('when its server never answers, and the model gets a note at the start', async (context) => {
    const { computer } = await open('/never-answers', context);
    await picture(computer);
    expect(computer.takeNotes()).toEqual([`The page ${site.origin}/never-answers did not answer in time.`]);
  });

  it('A03: when a link leads to where nobody answers: the page with the link, and with what was typed there', async (context) => {
    const { computer } = await open('/form', context);
    await computer.perform({ ...click, x: 10, y: 10 }, noSignal);
    await computer.perform({ type: 'type', text: 'typed before' }, noSignal);
    await computer.perform({ ...click, x: 10, y: 210 }, noSignal);
    expect(hasInk(await picture(computer))).toBe(true);
    expect(computer.takeNotes()).toEqual([`The page ${site.origin}/never-answers did not answer in time.`]);
    expect(computer.url()).toBe(`${site.origin}/form`);
    await computer.perform({ ...click, x: 10, y: 110 }, noSignal);
    await vi.waitFor(() => expect(site.reported()).toEqual(['typed before']), 30_000);
  });

  it('when its font never comes', async (context) => {
    const { computer } = await open('/font', context);
    const { width, height } = await picture(computer);
    expect([width, height]).toEqual([800, 600]);
  });
});

describe('a page that keeps the browser waiting is looked at as it is', () => {
  it('when it redirects without end, and the model gets a note', async () => {
    const { computer } = await open('/redirects');
    await picture(computer);
    expect(computer.takeNotes()).toEqual([
      `The page ${site.origin}/redirects did not load: net::ERR_TOO_MANY_REDIRECTS.`,
    ]);
  });

  it('when it loads itself again and again', async () => {
    const { computer } = await open('/reloads');
    expect((await picture(computer)).width).toBe(800);
  });

  it('when it moves without end', async () => {
    const { computer } = await open('/moves');
    expect(hasInk(await picture(computer))).toBe(true);
  });
});

describe('a page', () => {
  it('that is 10,000 points wide is seen through the screen and scrolled both ways', async () => {
    const { computer } = await open('/wide');
    await computer.perform({ type: 'scroll', x: 10, y: 10, scroll_x: 9_000, scroll_y: 500, keys: [] }, noSignal);
    const { width, height } = await picture(computer);
    expect([width, height]).toEqual([800, 600]);
    await expect.poll(() => site.reported().at(-1)).toBe('9000 500');
  });

  it('that fetches what it shows is looked at when that is there', async () => {
    const { computer } = await open('/fetches');
    await computer.perform({ type: 'keypress', keys: ['TAB'] }, noSignal);
    await computer.perform({ type: 'keypress', keys: ['ENTER'] }, noSignal);
    const { data } = await picture(computer);
    const middle = 4 * (100 * 800 + 100);
    expect([...data.subarray(middle, middle + 3)]).toEqual([0, 255, 0]);
  });

  it('that wants to be printed goes on', async () => {
    const { computer } = await open('/prints');
    await computer.perform(click, noSignal);
    await expect.poll(() => site.reported()).toEqual(['went on']);
    await picture(computer);
  });

  it('that fills the whole screen has the same size as before', async () => {
    const { computer } = await open('/full');
    await computer.perform(click, noSignal);
    await expect.poll(() => site.reported()).toEqual(['full']);
    const { width, height } = await picture(computer);
    expect([width, height]).toEqual([800, 600]);
  });

  it('gets no permission: place, notifications, clipboard and camera are denied without a question', async () => {
    const { computer } = await open('/asks');
    await computer.perform(click, noSignal);
    const reported: string[] = [];
    await expect
      .poll(
        () => {
          reported.push(...site.reported());
          return reported.toSorted();
        },
        { timeout: 10_000 },
      )
      .toEqual(['no camera', 'no clipboard', 'no place', 'notifications denied']);
    await picture(computer);
  });

  it.each(['/password', '/to-password'])(
    'that asks for a password gets none, and the model gets a note: %s',
    async (path) => {
      const { computer } = await open(path);
      if (path === '/to-password') await computer.perform(click, noSignal);
      await picture(computer);
      expect(computer.takeNotes().join(' ')).toContain(
        `${site.origin}/password asks for a user name and a password; none were given.`,
      );
    },
  );

  it('with a link to another program stays', async () => {
    const { computer } = await open('/mails');
    await computer.perform(click, noSignal);
    expect(computer.url()).toBe(`${site.origin}/mails`);
  });
});
