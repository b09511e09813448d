/** Finds the focused element, in whichever frame and shadow root it is. */
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { worldOfPage, worldsOf, type World } from '../worlds.ts';

export interface DrivenPage {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly cdp: CDPSession;
}

/** An element, referenced from our isolated world of its frame. */
export interface HeldElement {
  readonly world: World;
  readonly objectId: string;
}

/** An expression for the focused element of a frame; null when none has the focus. */
export const focused = `(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
})()`;

/** Descends from the page to the frame that has the focus. Null when no element has it. */
export async function focusedElement({ context, page, cdp }: DrivenPage): Promise<HeldElement | null> {
  const own = await worldOfPage(cdp);
  const first = await focusedIn(own);
  if (first === null || first.frameId === null) return first;
  return descend(await worldsOf(context, page, cdp), first);
}

async function descend(worlds: readonly World[], from: FocusedInFrame | null): Promise<HeldElement | null> {
  if (from === null || from.frameId === null) return from;
  const world = worlds.find(({ frameId }) => frameId === from.frameId);
  return world === undefined ? null : descend(worlds, await focusedIn(world));
}

interface FocusedInFrame extends HeldElement {
  /** The frame inside an element, if it contains one. */
  readonly frameId: string | null;
}

async function focusedIn(world: World): Promise<FocusedInFrame | null> {
  const { cdp, contextId } = world;
  const { result } = await cdp.send('Runtime.evaluate', { expression: focused, contextId });
  if (result.objectId === undefined) return null;
  const { node } = await cdp.send('DOM.describeNode', { objectId: result.objectId });
  return { world, objectId: result.objectId, frameId: node.frameId ?? null };
}
