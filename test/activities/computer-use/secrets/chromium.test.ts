import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActionProblem, type ComputerAction } from '../../../../activities/computer-use/actions.ts';
import type { Screenshot } from '../../../../activities/ports.ts';
import { noSignal, openChromium } from '../../../support/computer-use/chromium-computer.ts';
import { startCountingServer, type CountingServer } from '../../../support/http/counting-server.ts';

const value = 'correct horse 7';
const style = (top: number, height = 40) =>
  `style="position:absolute;left:0;top:${top}px;width:300px;height:${height}px;margin:0;border:0;padding:0;font:24px serif"`;

/** A form whose fields report their values to the server, and a text that repeats what was typed. */
const form = `<!doctype html><body style="margin:0"><form method="get" action="/sent">
  <input name="user" ${style(0)}><input name="password" type="password" ${style(50)}>
  <button ${style(100)}>send</button></form><p ${style(150)} id="echo"></p><p ${style(200)}>always here</p>
  <script>
    for (const field of document.querySelectorAll('input'))
      field.addEventListener('input', () => {
        echo.textContent = field.type === 'password' ? '' : 'you typed ' + field.value;
        fetch('/told', { method: 'POST', body: field.name + '=' + field.value });
      });
  </script>`;
const shadow = `<!doctype html><body style="margin:0"><div id="host"></div><script>
  const root = host.attachShadow({ mode: 'open' });
  root.innerHTML = '<input name="inner" ${style(0).replaceAll('"', '&quot;').replaceAll('&quot;', '\\"')}>';
  root.querySelector('input').addEventListener('input', (event) =>
    fetch('/told', { method: 'POST', body: 'inner=' + event.target.value }));
</script>`;

let bound: CountingServer;
let other: CountingServer;
let pages: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  const serve = () =>
    startCountingServer((response, { url }) => {
      const page = pages[url.split('?')[0] ?? ''] ?? '';
      response.writeHead(200, { 'content-type': 'text/html' }).end(page);
    });
  bound = await serve();
  other = await serve();
  // The same machine by two names is two sites, whose frames are processes of their own.
  const frame = (src: string) =>
    `<!doctype html><body style="margin:0"><iframe src="${src}" style="position:absolute;left:20px;top:30px;border:0;width:400px;height:300px"></iframe>`;
  pages = {
    '/': form,
    '/shadow': shadow,
    '/framed': frame(`${bound.origin.replace('127.0.0.1', 'localhost')}/`),
    '/around': frame(`${bound.origin}/`),
  };
});
afterAll(async () => {
  await bound.close();
  await other.close();
});

const click = (x: number, y: number): ComputerAction => ({ type: 'click', x, y, button: 'left', keys: [] });
const typing = (text: string): ComputerAction => ({ type: 'type', text });
const reported = (server: CountingServer) =>
  server.received.filter(({ url }) => url === '/told').map(({ body }) => body);

async function open(startUrl: string) {
  const origins = [bound.origin];
  const secrets = [{ name: 'password', value, origins }];
  const navigate = [bound.origin, other.origin];
  const { computer } = await openChromium({ startUrl, navigate, secrets });
  const act = (action: ComputerAction) => computer.perform(action, noSignal);
  const refusal = async (action: ComputerAction): Promise<string> => {
    const error: unknown = await act(action).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ActionProblem);
    return String(error);
  };
  return { computer, act, refusal };
}

/** How many colours there are in a part of a picture; one when it is blank. */
function coloursIn({ bytes, mediaType }: Screenshot, top: number, left = 0, width = 300, height = 40): number {
  expect(mediaType).toBe('image/png');
  const png = PNG.sync.read(Buffer.from(bytes));
  const colours = new Set<string>();
  for (let y = top; y < top + height; y += 1) {
    for (let x = left; x < left + width; x += 1) {
      const at = (y * png.width + x) * 4;
      colours.add(png.data.subarray(at, at + 3).toString('hex'));
    }
  }
  return colours.size;
}

describe('a secret', () => {
  it('is typed on its own origin, and blanked in the picture: field, password field and echo', async () => {
    const { computer, act } = await open(bound.origin);
    await act(click(10, 10));
    expect(coloursIn(await computer.screenshot(noSignal), 0)).toBeGreaterThan(1);
    await act(typing('{{secret:password}}'));
    await expect.poll(() => reported(bound)).toContain(`user=${value}`);
    const first = await computer.screenshot(noSignal);
    expect([coloursIn(first, 0), coloursIn(first, 155, 0, 100, 20)]).toEqual([1, 1]);
    expect(coloursIn(first, 200)).toBeGreaterThan(1);

    await act(click(10, 60));
    await act(typing('{{secret:password}}'));
    await expect.poll(() => reported(bound)).toContain(`password=${value}`);
    const second = await computer.screenshot(noSignal);
    expect([coloursIn(second, 0), coloursIn(second, 50)]).toEqual([1, 1]);
  });

  it('keeps the keys that are pressed after it, as in a text that ends with Enter', async () => {
    const { computer, act } = await open(bound.origin);
    await act(click(10, 60));
    await act(typing('{{secret:password}}\n'));
    await expect.poll(() => bound.received.some(({ url }) => url.startsWith('/sent'))).toBe(true);
    const sent = bound.received.find(({ url }) => url.startsWith('/sent'))?.url ?? '';
    expect(new URL(sent, bound.origin).searchParams.get('password')).toBe(value);
    // The page put it into its own address, which is not reported.
    const written = JSON.stringify([computer.url(), await computer.state(noSignal), computer.takeNotes()]);
    expect(written).toContain('{{secret:password}}');
    for (const spelled of [value, 'correct+horse', 'correct%20horse']) expect(written).not.toContain(spelled);
  });

  it('is typed on no other origin, not even by a page that asks for it', async () => {
    const { act, refusal } = await open(other.origin);
    await act(click(10, 10));
    expect(await refusal(typing('{{secret:password}}'))).toContain(`may be typed on ${bound.origin} only`);
    await act(typing('x'));
    await expect.poll(() => reported(other)).toContain('user=x');
    expect(JSON.stringify(other.received)).not.toContain('horse');
  });

  it('is not typed where nothing has the keyboard, nor when it has another name', async () => {
    const { refusal } = await open(bound.origin);
    expect(await refusal(typing('{{secret:password}}'))).toContain('click the field first');
    expect(await refusal(typing('{{secret:other}}'))).toContain('there is no secret named other');
  });

  it('is typed in a shadow root, and blanked there', async () => {
    const { computer, act } = await open(`${bound.origin}/shadow`);
    await act(click(10, 10));
    await act(typing('{{secret:password}}'));
    await expect.poll(() => reported(bound)).toContain(`inner=${value}`);
    expect(coloursIn(await computer.screenshot(noSignal), 0)).toBe(1);
  });

  it('goes by the frame that has the keyboard, whatever page is around it', async () => {
    const inside = await open(`${other.origin}/around`);
    await inside.act(click(30, 40));
    await inside.act(typing('{{secret:password}}'));
    await expect.poll(() => reported(bound).filter((body) => body === `user=${value}`).length).toBe(2);
    expect(coloursIn(await inside.computer.screenshot(noSignal), 30, 20)).toBe(1);
    const outside = await open(`${bound.origin}/framed`);
    await outside.act(click(30, 40));
    expect(await outside.refusal(typing('{{secret:password}}'))).toContain('this field is on http://localhost');
  });
});
