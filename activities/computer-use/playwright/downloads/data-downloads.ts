/**
 * Decides whether a `data:` URL, which names no origin, may be downloaded: by the frame that started the download and
 * the frames around it, each of which could have sent it there. A tab that was itself navigated to such a URL may
 * download nothing, because a frame of another origin or the tab that opened it may have sent it there.
 */
import type { BrowserContext, Page, CDPSession } from 'playwright-core';
import { requestProblem, type NetworkPolicy } from '../../../../workflows/contract/computer-use/network.ts';
import { bounded } from '../screen/bounds.ts';
import { cutText } from '../../../../workflows/contract/cut-text.ts';

/** Why a download is refused, and its source. */
export interface Denial {
  readonly target: string;
  readonly problem: string;
}

type Frame = Awaited<ReturnType<typeof framesSeenBy>>[number];

/** Time limit for finding the frame. */
const frameMilliseconds = 2_000;
const gone: Denial = { target: 'data:', problem: 'the page that made it is gone' };

export class DataDownloads {
  private readonly context: BrowserContext;
  /** Tabs, by their main frames, that were navigated to a `data:` URL and have not reached another page since. */
  private readonly sent = new Set<string>();

  constructor(context: BrowserContext) {
    this.context = context;
    // A closed tab downloads nothing.
    const watch = (page: Page): void => void this.watch(page).catch(() => undefined);
    context.on('page', watch);
    context.pages().forEach(watch);
  }

  /** Null when the frame may download. Call it at once, because the frame may navigate away. */
  async denialOf(network: NetworkPolicy, frameId: string): Promise<Denial | null> {
    if (this.sent.has(frameId))
      return { target: 'data:', problem: 'the tab was sent to its content, maybe by another page' };
    const found = bounded(this.framesAround(frameId), 'finding a frame', frameMilliseconds);
    const frames = await found.catch(() => []);
    if (frames.length === 0) return gone;
    for (const { url } of frames) {
      const problem = requestProblem(network, url, 'navigate');
      if (problem !== undefined) return { target: originOf(url), problem };
    }
    return null;
  }

  private async watch(page: Page): Promise<void> {
    const cdp = await this.context.newCDPSession(page);
    const { id } = (await cdp.send('Page.getFrameTree')).frameTree.frame;
    cdp.on('Page.frameStartedNavigating', ({ frameId, url }) => {
      if (frameId === id && url.startsWith('data:')) this.sent.add(id);
    });
    cdp.on('Page.frameNavigated', ({ frame }) => {
      if (frame.id === id) this.sent.delete(id);
    });
    page.on('close', () => this.sent.delete(id));
    await cdp.send('Page.enable');
  }

  /** The frame and its ancestors; empty when one of them is missing. Frames without an address are left out. */
  private async framesAround(frameId: string): Promise<readonly Frame[]> {
    const pages = await Promise.all(this.context.pages().map((page) => framesOf(this.context, page)));
    const all = new Map(pages.flat().map((frame) => [frame.id, frame]));
    const around: Frame[] = [];
    for (let id: string | undefined = frameId; id !== undefined;) {
      const frame = all.get(id);
      if (frame === undefined || around.length > all.size) return [];
      around.push(frame);
      id = frame.parentId;
    }
    return around.filter(({ url, parentId }) => parentId === undefined || !url.startsWith('about:'));
  }
}

async function framesOf(context: BrowserContext, page: Page): Promise<readonly Frame[]> {
  const frames = await Promise.all(
    page.frames().map(async (frame) => {
      try {
        // Sees only the frames of its own process.
        const cdp = await context.newCDPSession(frame === page.mainFrame() ? page : frame);
        const seen = await framesSeenBy(cdp);
        await cdp.detach();
        return seen;
      } catch {
        // A frame in the same process as its parent, or one that was removed.
        return [];
      }
    }),
  );
  return frames.flat();
}

async function framesSeenBy(cdp: CDPSession) {
  const { frameTree } = await cdp.send('Page.getFrameTree');
  const flat = ({ frame, childFrames = [] }: typeof frameTree): (typeof frame)[] => [
    frame,
    ...childFrames.flatMap(flat),
  ];
  return flat(frameTree);
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : cutText(url, 100);
}
