/** Puts a secret into the field that has the keyboard, if that field is on an origin which the secret is bound to. */
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { z } from 'zod';
import { ActionProblem } from './actions.ts';
import { worldsOf, type World } from './playwright-worlds.ts';
import { bindingProblem, type BoundSecret, type TypedPart } from './typed-secrets.ts';

/** The element that has the keyboard, also in a shadow root; in a frame around others, that frame's element. */
const focused = `(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
})()`;

/**
 * Looks and types in one go, so that the page cannot go elsewhere in between. What was typed is not drawn from the first
 * moment on; `secretFields` is remembered by our world, for the pictures.
 */
const insert = `function (origin, text) {
  if (window.origin !== origin) return 'moved';
  const field = this.localName === 'input' || this.localName === 'textarea' || this.isContentEditable;
  if (!field || this.disabled || this.readOnly) return 'no field';
  this.style.setProperty('-webkit-text-security', 'disc', 'important');
  (globalThis.secretFields ??= new WeakSet()).add(this);
  return document.execCommand('insertText', false, text) ? 'typed' : 'not taken';
}`;

const OutcomeSchema = z.enum(['typed', 'moved', 'no field', 'not taken']);

interface FocusedField {
  readonly world: World;
  readonly objectId: string;
  readonly origin: string;
}

interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly cdp: CDPSession;
}

/**
 * Types a text with secrets in it; what is around them by `typeText`. Nothing is typed when one of them is not bound to
 * the field's origin. Throws `ActionProblem` where it cannot be typed; no message holds a value.
 */
export async function typeParts(
  browser: Browser,
  parts: readonly TypedPart[],
  typeText: (text: string) => Promise<void>,
): Promise<void> {
  for (const part of parts) {
    if (part.kind === 'secret') await fieldFor(browser, part.secret);
  }
  for (const part of parts) {
    await (part.kind === 'text' ? typeText(part.text) : typeSecret(browser, part.secret));
  }
}

async function fieldFor({ context, page, cdp }: Browser, secret: BoundSecret): Promise<FocusedField> {
  const field = await focusedField(await worldsOf(context, page, cdp));
  if (field === null) throw new ActionProblem('no field has the keyboard: click the field first');
  const problem = bindingProblem(secret, field.origin);
  if (problem !== undefined) throw new ActionProblem(problem);
  return field;
}

async function typeSecret(browser: Browser, secret: BoundSecret): Promise<void> {
  const field = await fieldFor(browser, secret);
  const { result } = await field.world.cdp.send('Runtime.callFunctionOn', {
    functionDeclaration: insert,
    objectId: field.objectId,
    arguments: [{ value: field.origin }, { value: secret.value }],
    returnByValue: true,
  });
  switch (OutcomeSchema.parse(result.value)) {
    case 'typed':
      return;
    case 'moved':
      throw new ActionProblem('the page was replaced by another; nothing was typed');
    case 'no field':
      throw new ActionProblem('what has the keyboard is no field to type in: click the field first');
    case 'not taken':
      throw new ActionProblem('the field took no text');
  }
}

/** Goes down from the page to the frame that has the keyboard. */
async function focusedField(worlds: readonly World[]): Promise<FocusedField | null> {
  let world = worlds[0];
  while (world !== undefined) {
    const { cdp, contextId } = world;
    const { result } = await cdp.send('Runtime.evaluate', { expression: focused, contextId });
    if (result.objectId === undefined) return null;
    const { node } = await cdp.send('DOM.describeNode', { objectId: result.objectId });
    const { frameId } = node;
    if (frameId === undefined) {
      const origin = await cdp.send('Runtime.evaluate', { expression: 'window.origin', contextId });
      return { world, objectId: result.objectId, origin: z.string().parse(origin.result.value) };
    }
    world = worlds.find((inner) => inner.frameId === frameId && inner !== world);
  }
  return null;
}
