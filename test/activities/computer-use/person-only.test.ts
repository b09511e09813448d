import { describe, expect, it } from 'vitest';
import type { ComputerAction } from '../../../activities/computer-use/actions.ts';
import { noSignal, openChromium } from '../../support/computer-use/chromium-computer.ts';
import { pageSite } from '../../support/computer-use/page-site.ts';

const at = (top: number) => `style="position:absolute;left:0;top:${top}px;width:200px;height:40px;margin:0"`;
const password = (top: number, name: string) => `<input type="password" name="${name}" ${at(top)}>`;
const site = pageSite({
  '/captcha': `<div class="g-recaptcha" ${at(0)}></div>
    <iframe src="/frame" title="reCAPTCHA" ${at(50)}></iframe>
    <input name="captcha_text" ${at(100)}><button ${at(150)}>send</button>`,
  '/frame': 'x',
  '/log-in': `<form><input name="user" ${at(0)}>${password(50, 'password')}</form>`,
  '/sign-up': `<form>${password(0, 'password')}${password(50, 'password_again')}</form>`,
  '/change': `<form>${password(0, 'current_password')}${password(50, 'password')}</form>`,
  '/account/reset-password': `<form>${password(0, 'password')}</form>`,
  '/pay': `<form><input autocomplete="cc-number" ${at(0)}><label>Card number <input ${at(50)}></label>
    <input name="coupon" placeholder="Gift card" ${at(100)}></form><iframe src="/card" ${at(150)}></iframe>`,
  '/card': `<body style="margin:0"><input name="cvc" style="width:200px;height:40px">`,
});

const click = (y: number): ComputerAction => ({ type: 'click', x: 20, y, button: 'left', keys: [] });
const typing: ComputerAction = { type: 'type', text: 'x' };

describe('what is left to a person', () => {
  it('is a click on a captcha, beside which others are free', async () => {
    const { computer } = await openChromium({ startUrl: `${site.origin}/captcha` });
    const found = [];
    for (const y of [20, 70, 170]) found.push(await computer.personOnly(click(y), noSignal));
    expect(found).toEqual(['captcha', 'captcha', null]);
  });

  it.each([
    ['/captcha', { 120: 'captcha' }],
    ['/log-in', { 20: null, 70: null }],
    ['/sign-up', { 20: null, 70: null }],
    ['/change', { 20: 'password_change', 70: 'password_change' }],
    ['/account/reset-password', { 20: 'password_change' }],
    ['/pay', { 20: 'payment', 70: 'payment', 120: null, 170: 'payment' }],
  ])('is typing on %s: %o', async (path, expected) => {
    const { computer } = await openChromium({ startUrl: `${site.origin}${path}` });
    const found: Record<string, unknown> = {};
    for (const y of Object.keys(expected)) {
      await computer.perform(click(Number(y)), noSignal);
      found[y] = await computer.personOnly(typing, noSignal);
      expect(await computer.personOnly({ type: 'keypress', keys: ['1'] }, noSignal)).toBe(found[y]);
      expect(await computer.personOnly({ type: 'wait' }, noSignal)).toBeNull();
    }
    expect(found).toEqual(expected);
  });
});
