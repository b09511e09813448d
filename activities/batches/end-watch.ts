/** Tells those of a partition who wait for a response when the provider has told of its end: one question serves them all. */
import type { ProviderEventLookup } from '../llm/provider-event-lookup.ts';

export class EndWatch {
  private readonly waiting = new Map<string, PromiseWithResolvers<null>>();
  private readonly eventLookup: ProviderEventLookup;
  private isHeard = false;

  constructor(eventLookup: ProviderEventLookup) {
    this.eventLookup = eventLookup;
  }

  /** Resolves when the end of a response was told; undefined where the provider tells nothing, so that it must be asked. */
  until(responseId: string): Promise<null> | undefined {
    if (!this.isHeard) return undefined;
    const known = this.waiting.get(responseId) ?? Promise.withResolvers<null>();
    this.waiting.set(responseId, known);
    return known.promise;
  }

  /** Whether the provider tells anything at all. */
  async listen(): Promise<void> {
    this.isHeard = await this.eventLookup.isHeard();
  }

  async look(): Promise<void> {
    if (this.waiting.size === 0) return;
    for (const id of await this.eventLookup.ended([...this.waiting.keys()])) {
      this.waiting.get(id)?.resolve(null);
      this.waiting.delete(id);
    }
  }
}
