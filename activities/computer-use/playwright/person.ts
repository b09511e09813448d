/**
 * Recognises actions that only a person may perform: solving a captcha, changing a password, paying. It judges the
 * control that the action is for, before the action, whatever the page or the model says.
 */
import { z } from 'zod';
import type { PersonOnly } from '../../ports.ts';
import type { ComputerAction } from '../actions.ts';
import { focused, focusedElement, type DrivenPage } from './input/focus.ts';
import { worldOfPage } from './worlds.ts';

export async function personOnlyFor(driven: DrivenPage, action: ComputerAction): Promise<PersonOnly | null> {
  switch (action.type) {
    case 'click':
    case 'double_click':
      return atPoint(driven, action);
    case 'type':
    case 'keypress':
      return atKeyboard(driven);
    case 'drag':
    case 'move':
    case 'scroll':
    case 'choose_files':
    case 'wait':
    case 'screenshot':
      return null;
  }
}

/** What describes a control: its names, its labels, and the kinds of the password fields near it. */
const FactsSchema = z.object({
  words: z.string(),
  autocomplete: z.string(),
  isPassword: z.boolean(),
  passwords: z.array(z.string()),
  place: z.string(),
});
type Facts = z.infer<typeof FactsSchema>;

const facts = `function () {
  const names = (element) => ['id', 'name', 'class', 'title', 'src', 'placeholder', 'aria-label', 'alt', 'data-sitekey']
    .map((attribute) => attribute === 'data-sitekey'
      ? (element.hasAttribute(attribute) ? 'captcha' : '') : element.getAttribute(attribute) ?? '');
  const labels = [...(this.labels ?? [])].map((label) => label.textContent);
  const around = [this, this.parentElement, this.parentElement?.parentElement].filter(Boolean);
  const fields = [...(this.form ?? document).querySelectorAll('input[type=password]')];
  const isField = this.localName === 'input' || this.localName === 'textarea' || this.localName === 'select';
  return {
    words: (isField ? [...names(this), ...labels] : around.flatMap(names)).join(' ').toLowerCase().slice(0, 2000),
    autocomplete: this.getAttribute('autocomplete') ?? '',
    isPassword: isField && this.type === 'password',
    passwords: fields.map((field) => [field.autocomplete, field.name, field.id].join(' ').toLowerCase()),
    place: location.hostname + location.pathname,
  };
}`;

/** The element whose own facts say nothing of what is inside it: a frame. */
const frames = "['iframe', 'frame', 'object', 'embed', 'fencedframe']";

const captcha = /captcha|turnstile|challenges\.cloudflare|arkoselabs|funcaptcha|geetest/;
const card =
  /\b(?:card[ _-]?(?:number|no|num)|credit[ _-]?card|debit[ _-]?card|cc[ _-]?(?:number|num|csc|cvc|cvv)|cvc2?|cvv2?|iban|kreditkarte\w*|kartennummer)\b/;
const paymentHost = /(?:^|\.)(?:stripe\.com|adyen\.com|braintreegateway\.com|paypal\.com|checkout\.com|mollie\.com)\//;
const oldPassword = /\b(?:current|old|existing|previous)[ _-]?pass/;
const changePlace = /(?:change|reset|update|new|forgot)[-_/]?(?:your[-_/]?)?passw/i;

/** A click on a captcha's box, which is usually in a frame of its own: the frame's address shows it. */
async function atPoint({ cdp }: DrivenPage, { x, y }: { readonly x: number; readonly y: number }) {
  const { contextId } = await worldOfPage(cdp);
  const found = `(() => {
    let at = document.elementFromPoint(${x}, ${y});
    while (at?.shadowRoot?.elementFromPoint(${x}, ${y})) {
      const inner = at.shadowRoot.elementFromPoint(${x}, ${y});
      if (inner === at) break;
      at = inner;
    }
    return at;
  })()`;
  const expression = `((at) => at === null ? null : (${facts}).call(at))(${found})`;
  const { result } = await cdp.send('Runtime.evaluate', { expression, contextId, returnByValue: true });
  const read = FactsSchema.nullable().parse(result.value);
  return read !== null && captcha.test(read.words) ? 'captcha' : null;
}

async function atKeyboard(driven: DrivenPage): Promise<PersonOnly | null> {
  const { cdp, contextId } = await worldOfPage(driven.cdp);
  const expression = `((at) => at === null || ${frames}.includes(at.localName) ? null : (${facts}).call(at))(${focused})`;
  const { result } = await cdp.send('Runtime.evaluate', { expression, contextId, returnByValue: true });
  const own = FactsSchema.nullable().parse(result.value);
  if (own !== null) return judge(own);
  const element = await focusedElement(driven);
  return element === null ? null : judge(await read(element.world.cdp, element.objectId));
}

async function read(cdp: DrivenPage['cdp'], objectId: string): Promise<Facts> {
  const { result } = await cdp.send('Runtime.callFunctionOn', {
    functionDeclaration: facts,
    objectId,
    returnByValue: true,
  });
  return FactsSchema.parse(result.value);
}

function judge({ words, autocomplete, isPassword, passwords, place }: Facts): PersonOnly | null {
  if (captcha.test(words)) return 'captcha';
  if (/\bcc-/.test(autocomplete) || card.test(words) || paymentHost.test(place)) return 'payment';
  if (!isPassword) return null;
  const asksForOld = passwords.some((field) => oldPassword.test(field));
  // Sign-in forms ask for one password and sign-up forms for the same one twice; a change of password also asks for the
  // old one.
  const isChange = passwords.length >= 3 || (passwords.length === 2 && asksForOld) || changePlace.test(place);
  return isChange ? 'password_change' : null;
}
