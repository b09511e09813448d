/**
 * Detects changes of the screen by Chromium's screencast: it sends a small picture of each frame, with the time at which it
 * was drawn, and none while nothing changes. That costs less than comparing two whole screenshots.
 */
import type { CDPSession } from 'playwright-core';
import { waitAtMost } from './bounds.ts';

const thumbnails = { format: 'jpeg', quality: 20, maxWidth: 320, maxHeight: 240 } as const;

export class Frames {
  private readonly cdp: CDPSession;
  private running = false;
  /** From when on frames are compared, in milliseconds since the epoch. */
  private since = 0;
  /** The first frame since then. */
  private first: string | null = null;
  private changes = false;
  private changed = Promise.withResolvers<void>();

  constructor(cdp: CDPSession) {
    this.cdp = cdp;
    cdp.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
      this.send('Page.screencastFrameAck', { sessionId });
      this.receive(data, metadata.timestamp === undefined ? Date.now() : metadata.timestamp * 1000);
    });
  }

  /** Starts the screencast without waiting. The first frame is sent at once. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.send('Page.startScreencast', thumbnails);
  }

  stop(): void {
    if (!this.running) return;
    this.running = false;
    this.send('Page.stopScreencast');
  }

  /**
   * Called when a screenshot is asked for, which has the next frame that is drawn: every frame after that one is compared with
   * it. An older frame may arrive late; it counts for nothing.
   */
  mark(): void {
    this.since = Date.now();
    this.first = null;
    this.changes = false;
    this.changed = Promise.withResolvers<void>();
  }

  /** Whether the screen has changed since the marked screenshot, or changes within this many milliseconds from now. */
  async changesWithin(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    if (!this.changes) await waitAtMost(this.changed.promise, milliseconds, signal);
    return this.changes;
  }

  private receive(data: string, drawnAt: number): void {
    if (drawnAt < this.since) return;
    this.first ??= data;
    if (data === this.first) return;
    this.changes = true;
    this.changed.resolve();
  }

  /** A closed tab sends no frames, and needs no answer. */
  private send(...call: Parameters<CDPSession['send']>): void {
    this.cdp.send(...call).catch(() => undefined);
  }
}
