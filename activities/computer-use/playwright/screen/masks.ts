/**
 * Finds where secrets are on the screen: filled password fields, fields that a secret was typed into, and copies of a
 * secret elsewhere.
 */
import { z } from 'zod';
import type { World } from '../worlds.ts';
import type { BoundSecret } from '../../secrets/bound-secret.ts';
import { bindingProblem } from '../../secrets/typed-secrets.ts';

/** In pixels of the screen. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Finds the nodes to hide and keeps them in our isolated world. An empty field is not hidden, so the model sees that it
 * is empty.
 */
const find = `function (...values) {
  const hidden = globalThis.hiddenNodes = [];
  const holds = (text) => values.some((value) => text.includes(value));
  const look = (root) => {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) look(element.shadowRoot);
      const typed = globalThis.secretFields?.has(element) === true;
      const isField = element.localName === 'input' || element.localName === 'textarea';
      if (!isField && !typed) continue;
      const text = isField ? element.value : element.textContent;
      if (text !== '' && (typed || element.type === 'password' || holds(text))) hidden.push(element);
    }
    if (values.length === 0) return;
    const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) if (holds(texts.currentNode.data)) hidden.push(texts.currentNode);
  };
  look(document);
  return hidden.length;
}`;

/** Shorter values occur in too many texts by chance. */
const shortestEcho = 4;

/** A value is searched for on its own origins only, so that no other site's process receives it. */
export async function placesIn(world: World, secrets: readonly BoundSecret[]): Promise<readonly Place[]> {
  const { cdp, contextId: executionContextId, origin } = world;
  const bound = secrets.filter(
    (secret) => secret.value.length >= shortestEcho && bindingProblem(secret, origin) === undefined,
  );
  const { result } = await cdp.send('Runtime.callFunctionOn', {
    functionDeclaration: find,
    executionContextId,
    arguments: bound.map(({ value }) => ({ value })),
    returnByValue: true,
  });
  const count = z.int().parse(result.value);
  const indexes = Array.from({ length: count }, (_, index) => index);
  return (await Promise.all(indexes.map((index) => placesOf(world, index)))).flat();
}

async function placesOf({ cdp, contextId, offset }: World, index: number): Promise<readonly Place[]> {
  const expression = `globalThis.hiddenNodes[${index}]`;
  const { result } = await cdp.send('Runtime.evaluate', { expression, contextId });
  if (result.objectId === undefined) return [];
  // A node that is not rendered has no area.
  const drawn = await cdp.send('DOM.getContentQuads', { objectId: result.objectId }).catch(() => null);
  return (drawn?.quads ?? []).map((quad) => {
    const xs = quad.filter((_, position) => position % 2 === 0).map((x) => x + offset.x);
    const ys = quad.filter((_, position) => position % 2 === 1).map((y) => y + offset.y);
    return {
      left: Math.floor(Math.min(...xs)),
      top: Math.floor(Math.min(...ys)),
      right: Math.ceil(Math.max(...xs)),
      bottom: Math.ceil(Math.max(...ys)),
    };
  });
}
