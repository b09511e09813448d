/**
 * Tells whether the screen changes, by the frames that Chromium draws: it sends a small picture of each, and draws none
 * while nothing changes. That costs less than to take two pictures of the whole screen and compare them.
 */
import type { CDPSession } from 'playwright-core';
import { waitAtMost } from './bounds.ts';

const thumbnails = { format: 'jpeg', quality: 20, maxWidth: 320, maxHeight: 240 } as const;

export class Frames {
  private readonly cdp: CDPSession;
  private newest: string | null = null;
  private running = false;
  private changed = Promise.withResolvers<void>();

  constructor(cdp: CDPSession) {
    this.cdp = cdp;
    cdp.on('Page.screencastFrame', ({ data, sessionId }) => {
      this.send('Page.screencastFrameAck', { sessionId });
      // One that was only drawn again, for a picture, shows what the one before it did.
      if (this.newest !== null && this.newest !== data) this.changed.resolve();
      this.newest = data;
    });
  }

  /** Begins to watch; nobody waits for it. The first frame is sent at once. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.newest = null;
    this.send('Page.startScreencast', thumbnails);
  }

  stop(): void {
    if (!this.running) return;
    this.running = false;
    this.send('Page.stopScreencast');
  }

  /** Whether the screen changes within so many milliseconds from now. */
  async changesWithin(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    let changes = false;
    this.changed = Promise.withResolvers<void>();
    const sign = this.changed.promise.then(() => {
      changes = true;
      return undefined;
    });
    await waitAtMost(sign, milliseconds, signal);
    return changes;
  }

  /** A tab that is gone has no frames, and needs no answer. */
  private send(...call: Parameters<CDPSession['send']>): void {
    this.cdp.send(...call).catch(() => undefined);
  }
}
