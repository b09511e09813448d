/**
 * Runs our scripts in an isolated world in every frame of a page, including frames of other sites, which have their own
 * processes. The page's scripts cannot see that world or change its results.
 */
import type { BrowserContext, CDPSession, Frame, Page } from 'playwright-core';

export interface World {
  readonly cdp: CDPSession;
  readonly frameId: string;
  readonly contextId: number;
  /**
   * The origin as the browser reports it, e.g. `https://example.com`; an opaque origin gets a value that matches
   * nothing.
   */
  readonly origin: string;
  /** Position on the screen of the outermost frame in the frame's process. */
  readonly offset: { readonly x: number; readonly y: number };
}

type FrameTree = Awaited<ReturnType<typeof getFrameTree>>;

const worldName = 'lodestone';

/** The isolated world of the page's main frame. */
export async function worldOfPage(cdp: CDPSession): Promise<World> {
  const { main } = await mainWorldIn(cdp, { x: 0, y: 0 });
  if (main === null) throw new Error('the page is being replaced by another');
  return main;
}

/** The isolated worlds of all frames, the main frame's first. A frame that is removed meanwhile is left out. */
export async function worldsOf(context: BrowserContext, page: Page, cdp: CDPSession): Promise<readonly World[]> {
  const own = await worldsIn(cdp, { x: 0, y: 0 });
  const others = page.frames().filter((frame) => frame !== page.mainFrame());
  const foreign = await Promise.all(others.map((frame) => foreignWorlds(context, frame)));
  return [...own, ...foreign.flat()];
}

async function foreignWorlds(context: BrowserContext, frame: Frame): Promise<readonly World[]> {
  const isNew = !sessions.has(frame);
  const cdp = await sessionOf(context, frame);
  if (cdp === null) return [];
  try {
    const element = await frame.frameElement();
    const box = await element.boundingBox();
    return box === null ? [] : await worldsIn(cdp, box);
  } catch {
    // A frame that navigated to another site has another process: its old session sees nothing any more.
    sessions.delete(frame);
    return isNew ? [] : foreignWorlds(context, frame);
  }
}

const sessions = new WeakMap<Frame, CDPSession>();

/** Null for a frame that is now in the same process as its parent: the parent's session covers it. */
async function sessionOf(context: BrowserContext, frame: Frame): Promise<CDPSession | null> {
  const known = sessions.get(frame);
  if (known !== undefined) return known;
  try {
    const session = await context.newCDPSession(frame);
    sessions.set(frame, session);
    return session;
  } catch {
    return null;
  }
}

/** The outermost frame of each session, which mostly stays the same: its world is asked for without waiting for the tree. */
const outermost = new WeakMap<CDPSession, string>();

async function mainWorldIn(
  cdp: CDPSession,
  offset: World['offset'],
): Promise<{ readonly main: World | null; readonly tree: FrameTree }> {
  const known = outermost.get(cdp);
  const [tree, contextId] = await Promise.all([getFrameTree(cdp), known === undefined ? null : contextIn(cdp, known)]);
  const { id: frameId, securityOrigin: origin } = tree.frame;
  if (frameId === known) return { main: contextId === null ? null : { cdp, frameId, contextId, origin, offset }, tree };
  outermost.set(cdp, frameId);
  return { main: await worldIn(cdp, tree.frame, offset), tree };
}

async function worldsIn(cdp: CDPSession, offset: World['offset']): Promise<readonly World[]> {
  const { main, tree } = await mainWorldIn(cdp, offset);
  const [, ...inner] = framesIn(tree);
  const worlds = [main, ...(await Promise.all(inner.map((frame) => worldIn(cdp, frame, offset))))];
  // Without its outermost frame a process cannot be inspected; inner frames may disappear meanwhile.
  if (worlds[0] === null) throw new Error('the page is being replaced by another');
  return worlds.filter((world) => world !== null);
}

async function worldIn(
  cdp: CDPSession,
  { id: frameId, securityOrigin: origin }: FrameTree['frame'],
  offset: World['offset'],
): Promise<World | null> {
  const contextId = await contextIn(cdp, frameId);
  return contextId === null ? null : { cdp, frameId, contextId, origin, offset };
}

async function contextIn(cdp: CDPSession, frameId: string): Promise<number | null> {
  try {
    return (await cdp.send('Page.createIsolatedWorld', { frameId, worldName })).executionContextId;
  } catch {
    return null;
  }
}

async function getFrameTree(cdp: CDPSession) {
  return (await cdp.send('Page.getFrameTree')).frameTree;
}

function framesIn({ frame, childFrames = [] }: FrameTree): readonly FrameTree['frame'][] {
  return [frame, ...childFrames.flatMap(framesIn)];
}
