/**
 * Detects changes of the screen by Chromium's screencast: it sends a small picture of each frame, and none while
 * nothing changes. That costs less than comparing two whole screenshots.
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
      // A frame that was only drawn again for a screenshot equals the one before.
      if (this.newest !== null && this.newest !== data) this.changed.resolve();
      this.newest = data;
    });
  }

  /** Starts the screencast without waiting. The first frame is sent at once. */
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

  /** Whether the screen changes within this many milliseconds from now. */
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

  /** A closed tab sends no frames, and needs no answer. */
  private send(...call: Parameters<CDPSession['send']>): void {
    this.cdp.send(...call).catch(() => undefined);
  }
}
