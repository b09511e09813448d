/** Resolves the waits of a partition's items when the provider has reported the end of their responses; one query for all. */
import type { ProviderEventLookup } from '../llm/provider-event-lookup.ts';

export class EndWatch {
  private readonly waiting = new Map<string, PromiseWithResolvers<null>>();
  private readonly eventLookup: ProviderEventLookup;
  private isHeard = false;

  constructor(eventLookup: ProviderEventLookup) {
    this.eventLookup = eventLookup;
  }

  /** Resolves when the provider has reported the end of a response; undefined when it sends no events and must be polled. */
  until(responseId: string): Promise<null> | undefined {
    if (!this.isHeard) return undefined;
    const known = this.waiting.get(responseId) ?? Promise.withResolvers<null>();
    this.waiting.set(responseId, known);
    return known.promise;
  }

  /** Finds out whether the provider sends events. */
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
