/** A provider without a network: it answers after a latency on the test's clock, fails on request, and counts paid calls. */
import { failure } from '../../../activities/failure.ts';
import type { Model, ModelRequest, ModelResponse } from '../../../activities/ports.ts';
import type { CallNames } from '../../../activities/llm/provider-event-lookup.ts';
import type { FakeClock } from '../fake-clock.ts';
import { textResponse } from '../llm/responses.ts';

interface Begun {
  readonly text: string;
  readonly at: number;
  readonly latency: number;
  readonly callKey: string | null;
  cancelled: boolean;
}

export class FakeBatchModel implements Model, CallNames {
  latencyMilliseconds = 1000;
  /** Whether responses can be fetched later; otherwise a call brings its whole answer at once. */
  keeps = true;
  /** Called with each submission's text; throws, or says how long this one takes. */
  onCreate: (text: string) => number | undefined = () => undefined;
  /** Called with each answer; may replace it. */
  onAnswer: (response: ModelResponse, text: string) => ModelResponse = (response) => response;
  onRetrieve: (id: string) => void = () => undefined;
  readonly begun = new Map<string, Begun>();
  /** Called with each response's id before the call returns. */
  onCallOf: (id: string) => void = () => undefined;
  readonly cancelled: string[] = [];
  looks = 0;
  /** Most responses under way at once. */
  most = 0;
  private readonly clock: FakeClock;
  private readonly costUsd: number;

  constructor(clock: FakeClock, costUsd = 0.001) {
    this.clock = clock;
    this.costUsd = costUsd;
  }

  async create(request: ModelRequest): Promise<ModelResponse> {
    const [input] = request.input;
    const text = input?.type === 'text' ? input.text : '';
    const latency = this.onCreate(text) ?? this.latencyMilliseconds;
    const id = `resp_${this.begun.size + 1}`;
    this.begun.set(id, { text, at: this.clock.now(), latency, callKey: request.callKey ?? null, cancelled: false });
    this.most = Math.max(this.most, [...this.begun.values()].filter((begun) => !this.isOver(begun)).length);
    if (!this.keeps) return { ...this.answer(id, text), isKept: false };
    return { ...this.answer(id, text), status: 'pending', usage: { ...textResponse(id, '').usage, costUsd: 0 } };
  }

  async retrieve(id: string): Promise<ModelResponse> {
    this.looks += 1;
    this.onRetrieve(id);
    const begun = this.begun.get(id);
    if (begun === undefined) throw failure('provider_request', `Response with id '${id}' not found.`);
    const response = this.answer(id, begun.text);
    if (begun.cancelled) return { ...response, status: 'cancelled', usage: { ...response.usage, costUsd: 0 } };
    return this.isOver(begun) ? this.onAnswer(response, begun.text) : { ...response, status: 'pending' };
  }

  keepsResponses(): boolean {
    return this.keeps;
  }

  async cancel(id: string): Promise<void> {
    this.cancelled.push(id);
    const begun = this.begun.get(id);
    if (begun !== undefined && !this.isOver(begun)) begun.cancelled = true;
  }

  async callOf(id: string): Promise<string | null> {
    this.onCallOf(id);
    return this.begun.get(id)?.callKey ?? null;
  }

  /** Texts that were submitted, in order. */
  submitted(): readonly string[] {
    return [...this.begun.values()].map(({ text }) => text);
  }

  private isOver({ at, latency }: Begun): boolean {
    return this.clock.now() >= at + latency;
  }

  private answer(id: string, text: string): ModelResponse {
    const response = textResponse(id, `answer to ${text}`);
    return { ...response, usage: { ...response.usage, costUsd: this.costUsd } };
  }
}
