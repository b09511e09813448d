/** Types a secret into the focused field, if the field is on an origin that the secret is bound to. */
import { z } from 'zod';
import { ActionProblem } from '../actions.ts';
import { focusedElement, type DrivenPage, type HeldElement } from './input/focus.ts';
import type { BoundSecret } from '../secrets/bound-secret.ts';
import { bindingProblem, type TypedPart } from '../secrets/typed-secrets.ts';

/**
 * Checks the origin and types in one call, so that the page cannot navigate in between. The typed text is hidden from
 * its first moment; our isolated world keeps `secretFields` for the screenshots.
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

interface Field extends HeldElement {
  readonly origin: string;
}

/**
 * Types a text with secrets; the parts between them are typed by `typeText`. Types nothing when a secret is not bound
 * to the field's origin. Throws `ActionProblem` when it cannot type; no message contains a value.
 */
export async function typeParts(
  driven: DrivenPage,
  parts: readonly TypedPart[],
  typeText: (text: string) => Promise<void>,
): Promise<void> {
  for (const part of parts) {
    if (part.kind === 'secret') await fieldFor(driven, part.secret);
  }
  for (const part of parts) {
    await (part.kind === 'text' ? typeText(part.text) : typeSecret(driven, part.secret));
  }
}

async function fieldFor(driven: DrivenPage, secret: BoundSecret): Promise<Field> {
  const element = await focusedElement(driven);
  if (element === null) throw new ActionProblem('no field has the focus: click the field first');
  const { cdp, contextId } = element.world;
  const { result } = await cdp.send('Runtime.evaluate', { expression: 'window.origin', contextId });
  const origin = z.string().parse(result.value);
  const problem = bindingProblem(secret, origin);
  if (problem !== undefined) throw new ActionProblem(problem);
  return { ...element, origin };
}

async function typeSecret(driven: DrivenPage, secret: BoundSecret): Promise<void> {
  const field = await fieldFor(driven, secret);
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
      throw new ActionProblem('the focused element is not a text field: click the field first');
    case 'not taken':
      throw new ActionProblem('the field did not accept text');
  }
}
