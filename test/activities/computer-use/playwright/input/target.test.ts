/** What the browser knows of the control that an action is for, on real pages. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComputerAction } from '../../../../../activities/computer-use/actions.ts';
import { noSignal, openChromium } from '../../../../support/computer-use/chromium-computer.ts';
import { startCountingServer, type CountingServer } from '../../../../support/http/counting-server.ts';

const place = (y: number) => `style="position:absolute;left:0;top:${y}px;width:200px;height:40px"`;
const home = `<title>home</title><body style="height:3000px">
  <button ${place(0)} aria-label="Continue">Buy <b>now</b></button>
  <a ${place(50)} href="/x"><img alt="Checkout" width="100" height="30"></a>
  <div ${place(100)} onclick="1"><span>Order</span></div>
  <form ${place(150)}><input id="name" aria-label="Your name" value="typed before"><button>Send enquiry</button></form>
  <div ${place(200)} id="shadow"></div>
  <iframe ${place(250)} id="frame"></iframe>
  <input ${place(300)} type="submit" value="Pay">
  <label ${place(350)}><input type="checkbox">I agree to the terms</label>
  <textarea ${place(400)} aria-label="Message"></textarea>
  <button ${place(1500)}>Far down</button>
  <script>
    const root = document.getElementById('shadow').attachShadow({ mode: 'closed' });
    root.innerHTML = '<button style="width:200px;height:40px">Hidden deal</button>';
    document.getElementById('frame').src = location.href.replace('127.0.0.1', 'localhost') + 'framed';
    // A page that gives false answers to scripts in its own world.
    document.elementFromPoint = () => document.body;
    Object.defineProperty(Element.prototype, 'innerText', { get: () => 'harmless' });
    Object.defineProperty(document, 'activeElement', { get: () => document.body });
  </script>`;

let site: CountingServer;
beforeAll(async () => {
  site = await startCountingServer((response, { url }) => {
    const page = url === '/framed' ? '<button style="width:190px;height:30px">Pay with card</button>' : home;
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html>${page}`);
  });
});
afterAll(() => site.close());

const click = (y: number): ComputerAction => ({ type: 'click', x: 60, y, button: 'left', keys: [] });
const press = (...keys: string[]): ComputerAction => ({ type: 'keypress', keys });

describe('the words on a control', () => {
  it.each([
    ['a button: its name and all its text', 15, ['Continue', 'Buy', 'now']],
    ['a picture that is a link', 65, ['Checkout']],
    ['a part of the page that is pressed without being a control', 115, ['Order']],
    ['a button in a closed shadow root', 215, ['Hidden deal']],
    ['a submit button', 315, ['Pay']],
    ['a check box, by its label', 358, ['I agree to the terms']],
  ])('are those of %s', async (_what, y, words) => {
    const { computer } = await openChromium({ startUrl: site.origin });
    const target = await computer.describeTarget(click(y), noSignal);
    for (const word of words) expect(target.words).toContain(word);
    expect(target.presses).toBe(true);
    expect(target.words).not.toContain('Far down');
  });

  it('are found where the page was scrolled to, and are none beside the controls', async () => {
    const { computer } = await openChromium({ startUrl: site.origin });
    expect(await computer.describeTarget(click(550), noSignal)).toMatchObject({ presses: true });
    await computer.perform({ type: 'scroll', x: 400, y: 400, scroll_x: 0, scroll_y: 1200, keys: [] }, noSignal);
    expect((await computer.describeTarget(click(315), noSignal)).words).toBe('Far down');
  });

  it("cannot be read in another site's frame, and the answer says so", async () => {
    const { computer } = await openChromium({ startUrl: site.origin });
    expect(await computer.describeTarget(click(265), noSignal)).toEqual({ words: null, presses: true });
  });

  it('are those of the field with the keyboard, and with Enter those of the button that it presses', async () => {
    const { computer } = await openChromium({ startUrl: site.origin });
    expect(await computer.describeTarget(press('ENTER'), noSignal)).toEqual({ words: '', presses: false });
    await computer.perform(click(160), noSignal);
    expect(await computer.describeTarget({ type: 'type', text: 'Ada L' }, noSignal)).toEqual({
      words: 'Your name',
      presses: false,
    });
    const sends = { words: 'Your name Send enquiry', presses: true };
    expect(await computer.describeTarget(press('ENTER'), noSignal)).toEqual(sends);
    expect(await computer.describeTarget(press('CTRL+RETURN'), noSignal)).toEqual(sends);
    expect(await computer.describeTarget({ type: 'type', text: 'Ada\n' }, noSignal)).toEqual(sends);
    await computer.perform(press('TAB'), noSignal);
    expect(await computer.describeTarget(press('SPACE'), noSignal)).toEqual({ words: 'Send enquiry', presses: true });
  });
});
