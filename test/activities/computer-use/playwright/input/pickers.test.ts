import { describe, expect, it } from 'vitest';
import type { ComputerAction } from '../../../../../activities/computer-use/actions.ts';
import { noSignal, openChromium } from '../../../../support/computer-use/chromium-computer.ts';
import { pageSite, reportScript } from '../../../../support/computer-use/page-site.ts';

const options = (count: number) => Array.from({ length: count }, (_, index) => `<option>item ${index}`).join('');
const at = (y: number) => `style="position:absolute;left:20px;top:${y}px;width:200px;height:30px"`;
const site = pageSite({
  '/': `<select ${at(20)} onchange="tell(this.value)">${options(4)}</select>
    <select ${at(300)} onchange="tell(this.value)">${options(100)}</select>
    <button ${at(60)} onclick="tell('beneath')">beneath the list</button>`,
  '/policy': (response) => {
    const policy = "default-src 'none'; script-src 'unsafe-inline'; connect-src 'self'";
    response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy });
    response.end(`<!doctype html>${reportScript}<select onchange="tell(this.value)">${options(4)}</select>`);
  },
  '/fields': `<input type="date" ${at(20)} onchange="tell(this.value)">
    <input type="color" ${at(80)}> <button ${at(130)} onclick="tell('beneath')">beneath</button>`,
});
const click = (x: number, y: number): ComputerAction => ({ type: 'click', x, y, button: 'left', keys: [] });

async function open(path: string) {
  const { computer } = await openChromium({ startUrl: `${site.origin}${path}` });
  const act = async (...actions: ComputerAction[]): Promise<void> => {
    for (const action of actions) await computer.perform(action, noSignal);
  };
  return { act };
}

describe('a drop-down', () => {
  it('is chosen from by mouse, and the click does not fall through to what is beneath', async () => {
    const { act } = await open('/');
    await act(click(100, 35), click(60, 112));
    await expect.poll(() => site.reported()).toEqual(['item 2']);
  });

  it('is chosen from by keyboard, opened by mouse or by key', async () => {
    const { act } = await open('/');
    await act(click(100, 35), { type: 'keypress', keys: ['DOWN'] }, { type: 'keypress', keys: ['ENTER'] });
    await expect.poll(() => site.reported()).toEqual(['item 1']);
    await act({ type: 'keypress', keys: ['SPACE'] }, { type: 'keypress', keys: ['DOWN'] });
    await act({ type: 'keypress', keys: ['ENTER'] });
    await expect.poll(() => site.reported()).toEqual(['item 2']);
  });

  it('that is longer than the screen is scrolled by the wheel', async () => {
    const { act } = await open('/');
    const wheel: ComputerAction = { type: 'scroll', x: 100, y: 200, scroll_x: 0, scroll_y: 10_000, keys: [] };
    await act(click(100, 315), wheel, click(100, 250));
    await expect.poll(() => site.reported()).toEqual([expect.stringMatching(/^item 9\d$/)]);
  });

  it('opens on a page whose policy allows no styles', async () => {
    const { act } = await open('/policy');
    await act(click(30, 15), click(50, 75));
    await expect.poll(() => site.reported()).toEqual(['item 1']);
  });
});

describe('a field of a date or a colour', () => {
  it('takes keys, and opens no window through which clicks would fall', async () => {
    const { act } = await open('/fields');
    await act(click(30, 35), { type: 'type', text: '01022026' });
    await expect.poll(() => site.reported().at(-1)).toBe('2026-01-02');
    const calendarIcon = click(207, 35);
    await act(calendarIcon, click(100, 95), click(100, 145));
    await expect.poll(() => site.reported()).toEqual(['beneath']);
  });
});
