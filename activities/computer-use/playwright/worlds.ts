/**
 * A world of our own for scripts in every frame of a page, also in frames of other sites, which are processes of their
 * own. The page's scripts run in another world: they cannot see ours, nor change what it finds.
 */
import type { BrowserContext, CDPSession, Frame, Page } from 'playwright-core';

export interface World {
  readonly cdp: CDPSession;
  readonly frameId: string;
  readonly contextId: number;
  /** As the browser has it, e.g. `https://example.com`; nothing that can be matched for an opaque one. */
  readonly origin: string;
  /** Where the frame's process draws on the screen: the place of the outermost frame that it holds. */
  readonly offset: { readonly x: number; readonly y: number };
}

type FrameTree = Awaited<ReturnType<typeof getFrameTree>>;

const worldName = 'lodestone';

/** The world of the page's own frame. */
export async function worldOfPage(cdp: CDPSession): Promise<World> {
  const world = await worldIn(cdp, (await getFrameTree(cdp)).frame, { x: 0, y: 0 });
  if (world === null) throw new Error('the page is being replaced by another');
  return world;
}

/** The worlds of all frames that are there, the page's own first. A frame that goes away meanwhile is left out. */
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
    // A frame that went to another site is another process: its old session sees nothing any more.
    sessions.delete(frame);
    return isNew ? [] : foreignWorlds(context, frame);
  }
}

const sessions = new WeakMap<Frame, CDPSession>();

/** Null for a frame that belongs, at this moment, to the process of the one around it: the session there sees it too. */
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
  // Without its outermost frame a process cannot be seen through; those inside may go away meanwhile.
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
