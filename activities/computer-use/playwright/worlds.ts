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
  const world = await worldIn(cdp, (await getFrameTree(cdp)).frame, { x: 0, y: 0 });
  if (world === null) throw new Error('the page is being replaced by another');
  return world;
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

async function worldsIn(cdp: CDPSession, offset: World['offset']): Promise<readonly World[]> {
  const frames = framesIn(await getFrameTree(cdp));
  const worlds = await Promise.all(frames.map((frame) => worldIn(cdp, frame, offset)));
  // Without its outermost frame a process cannot be inspected; inner frames may disappear meanwhile.
  if (worlds[0] === null) throw new Error('the page is being replaced by another');
  return worlds.filter((world) => world !== null);
}

async function worldIn(
  cdp: CDPSession,
  { id: frameId, securityOrigin: origin }: FrameTree['frame'],
  offset: World['offset'],
): Promise<World | null> {
  try {
    const { executionContextId: contextId } = await cdp.send('Page.createIsolatedWorld', { frameId, worldName });
    return { cdp, frameId, contextId, origin, offset };
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
