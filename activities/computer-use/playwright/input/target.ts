/**
 * Reads the control that an action is for from Chromium's accessibility tree, which includes shadow roots and the names
 * that assistive technology gets. The page's scripts run in another world and cannot change the result.
 */
import type { CDPSession } from 'playwright-core';
import { z } from 'zod';
import type { Target } from '../../../ports.ts';
import type { ComputerAction } from '../../actions.ts';
import { playwrightChord } from './keys.ts';

/** The used part of a node of the accessibility tree. */
interface TreeNode {
  readonly role?: { readonly value?: unknown };
  readonly name?: { readonly value?: unknown };
  readonly description?: { readonly value?: unknown };
  readonly value?: { readonly value?: unknown };
}

/** Longer text outside of a control is part of the page and not a label. */
const longestBareText = 300;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The words cannot be read while the page is being replaced, or when the control is in another site's frame. */
const unreadable = null;

export async function readTarget(cdp: CDPSession, action: ComputerAction): Promise<Target> {
  switch (action.type) {
    case 'click':
      // A mouse's back and forward buttons press no control.
      if (action.button === 'back' || action.button === 'forward') return { words: '', presses: false };
      return { words: await wordsAt(cdp, action), presses: true };
    case 'double_click':
      return { words: await wordsAt(cdp, action), presses: true };
    case 'move':
    case 'scroll':
      return { words: await wordsAt(cdp, action), presses: false };
    case 'drag':
      return { words: await wordsAlong(cdp, action.path), presses: false };
    case 'keypress': {
      const keys = keysOf(action.keys);
      return readFocus(cdp, { enter: keys.includes('Enter'), space: keys.includes('Space') });
    }
    case 'type':
      return readFocus(cdp, { enter: /[\r\n]/.test(action.text), space: action.text.includes(' ') });
    case 'choose_files':
    case 'wait':
    case 'screenshot':
      return { words: '', presses: false };
  }
}

/** The keys of a chord. A chord with an unknown key presses nothing; the model is told when it is performed. */
function keysOf(names: readonly string[]): readonly string[] {
  try {
    return playwrightChord(names).split('+');
  } catch {
    return [];
  }
}

async function wordsAlong(cdp: CDPSession, path: readonly Point[]): Promise<string | null> {
  const ends = path.filter((_point, index) => index === 0 || index === path.length - 1);
  const words = await Promise.all(ends.map((point) => wordsAt(cdp, point)));
  return words.includes(unreadable) ? unreadable : joined(words);
}

async function wordsAt(cdp: CDPSession, { x, y }: Point): Promise<string | null> {
  try {
    const { cssVisualViewport: view } = await cdp.send('Page.getLayoutMetrics');
    const found = await cdp.send('DOM.getNodeForLocation', {
      x: Math.round(x + view.pageX),
      y: Math.round(y + view.pageY),
      ignorePointerEventsNone: false,
    });
    return await wordsOf(cdp, found.backendNodeId);
  } catch {
    return unreadable;
  }
}

/** Roles of controls that are pressed or filled in: their words are all text inside them. */
const controlRoles = new Set(
  'button link checkbox radio switch menuitem menuitemcheckbox menuitemradio option tab treeitem textbox searchbox combobox listbox slider spinbutton'.split(
    ' ',
  ),
);

/** The name of the control that contains a node and all text in the control; the node's own name when it is in none. */
async function wordsOf(cdp: CDPSession, backendNodeId: number): Promise<string | null> {
  const { nodes } = await cdp.send('Accessibility.getPartialAXTree', { backendNodeId, fetchRelatives: true });
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const start = nodes.find((node) => node.backendDOMNodeId === backendNodeId);
  if (start === undefined || isFrame(start.role?.value)) return unreadable;
  let control = start;
  for (let node = start; node.parentId !== undefined;) {
    if (controlRoles.has(String(node.role?.value))) {
      control = node;
      break;
    }
    const parent = byId.get(node.parentId);
    if (parent === undefined) break;
    node = parent;
  }
  if (isField(control)) return joined(textsOf(control));
  const { nodes: inside } = await cdp.send('Accessibility.queryAXTree', {
    backendNodeId: control.backendDOMNodeId ?? backendNodeId,
  });
  if (inside.some((node) => isFrame(node.role?.value))) return unreadable;
  const words = joined([control, ...inside].flatMap(textsOf));
  const isControl = controlRoles.has(String(control.role?.value));
  return isControl || words.length <= longestBareText ? words : joined(textsOf(start));
}

/** The value of a text field was typed in; it is not the field's name. */
function isField({ role }: TreeNode): boolean {
  return role?.value === 'textbox' || role?.value === 'searchbox';
}

function textsOf(node: TreeNode): readonly string[] {
  const { name, description, value } = node;
  return [name, description, isField(node) ? undefined : value].flatMap((part) =>
    typeof part?.value === 'string' ? [part.value] : [],
  );
}

function isFrame(role: unknown): boolean {
  return role === 'Iframe' || role === 'IframePresentational';
}

/** Each text once, in order. */
function joined(texts: readonly (string | null)[]): string {
  const nonEmpty = texts.filter((text) => text !== null && text.trim() !== '');
  return [...new Set(nonEmpty)].join(' ');
}

/** The result of a function below, as it comes back from the isolated world. */
const FocusSchema = z.object({ editable: z.boolean(), nothing: z.boolean() });

/** The focused element, also in a shadow root or a frame of the same site. */
const focused = `(() => {
  let at = document.activeElement;
  for (;;) {
    const inner = at?.shadowRoot?.activeElement ?? at?.contentDocument?.activeElement;
    if (!inner) return at;
    at = inner;
  }
})()`;
const facts = `(({ isContentEditable, localName, type }) => ({
  editable: isContentEditable || localName === 'textarea' ||
    (localName === 'input' && !/^(?:button|submit|reset|image|checkbox|radio|file|color|range)$/.test(type)),
  nothing: localName === 'body' || localName === 'html',
}))(${focused} ?? document.documentElement)`;
/** Enter in a field submits its form, like a click on the form's first submit button. */
const defaultButton = `[...(${focused}?.form?.elements ?? [])].find(({ type }) => type === 'submit' || type === 'image')`;

async function readFocus(
  cdp: CDPSession,
  { enter, space }: { readonly enter: boolean; readonly space: boolean },
): Promise<Target> {
  try {
    const { frameTree } = await cdp.send('Page.getFrameTree');
    const world = { frameId: frameTree.frame.id, worldName: 'lodestone' };
    const { executionContextId: contextId } = await cdp.send('Page.createIsolatedWorld', world);
    const { result } = await cdp.send('Runtime.evaluate', { expression: facts, contextId, returnByValue: true });
    const { editable, nothing } = FocusSchema.parse(result.value);
    if (nothing) return { words: '', presses: false };
    const presses = enter || (space && !editable);
    const words = await wordsOfElement(cdp, contextId, focused);
    const button = enter ? await wordsOfElement(cdp, contextId, defaultButton) : '';
    return { words: words === unreadable || button === unreadable ? unreadable : joined([words, button]), presses };
  } catch {
    return { words: unreadable, presses: enter || space };
  }
}

/** The words of the element that an expression finds; empty when it finds none. */
async function wordsOfElement(cdp: CDPSession, contextId: number, expression: string): Promise<string | null> {
  const { result } = await cdp.send('Runtime.evaluate', { expression, contextId });
  if (result.objectId === undefined) return '';
  const { node } = await cdp.send('DOM.describeNode', { objectId: result.objectId });
  return wordsOf(cdp, node.backendNodeId);
}
