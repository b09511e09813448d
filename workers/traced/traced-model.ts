/**
 * A span for each model call: from the request to the answer, which may come by a stream or be fetched later, also by another
 * attempt. It says which model, how many tokens, what it cost and how it ended; nothing of what was asked or answered.
 */
import type { BegunResponse, Model, ModelResponse } from '../../activities/ports.ts';
import type { OpenSpan, SpanAttributes, Traces } from '../../traces/traces.ts';
import type { FailureType } from '../../workflows/contract/failures.ts';
import { overriding } from './overriding.ts';

/** Calls whose answer nobody fetches here: the oldest end their spans when there are more. */
const mostPending = 1000;

export function tracedModel(model: Model, traces: Traces): Model {
  const pending = new PendingSpans();
  return overriding(model, {
    async create(request, signal) {
      const span = traces.begin({ name: 'model call', kind: 'client', attributes: asked(request.model) });
      try {
        const response = await model.create(request, signal);
        if (response.status === 'pending') void awaitEnd(pending, response, span);
        else finish(span, response);
        return response;
      } catch (error) {
        span.end(error);
        throw error;
      }
    },
    async retrieve(id, name, signal, timeoutMilliseconds) {
      // Begun by an earlier attempt, whose process may be dead: its span begins anew.
      const span = pending.take(id) ?? traces.begin({ name: 'model call', kind: 'client', attributes: taken(name) });
      try {
        const response = await model.retrieve(id, name, signal, timeoutMilliseconds);
        if (response.status === 'pending') pending.put(id, span);
        else finish(span, response);
        return response;
      } catch (error) {
        span.end(error);
        throw error;
      }
    },
    async cancel(id, timeoutMilliseconds) {
      await model.cancel(id, timeoutMilliseconds);
      const span = pending.take(id);
      span?.set({ 'lodestone.status': 'cancelled' });
      span?.end();
    },
  });
}

function asked(model: string): SpanAttributes {
  return { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': model };
}

function taken(model: string): SpanAttributes {
  return { ...asked(model), 'lodestone.reattached': true };
}

/** By its stream, or by whoever fetches the answer first. */
async function awaitEnd(pending: PendingSpans, { id, stream }: BegunResponse, span: OpenSpan): Promise<void> {
  pending.put(id, span);
  const ended = await stream?.ended;
  if (!ended || ended.status === 'pending') return;
  if (pending.take(id) !== undefined) finish(span, ended);
}

function finish(span: OpenSpan, { model, status, usage, problem }: ModelResponse): void {
  span.set({
    'lodestone.status': status,
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'lodestone.cached_input_tokens': usage.cachedInputTokens,
    'lodestone.cost_usd': usage.costUsd,
    ...(model === undefined ? {} : { 'gen_ai.response.model': model }),
    ...(problem === null ? {} : { 'error.type': failureType(status, problem.code) }),
  });
  span.end();
}

/** Of the closed list: the code is the provider's own text. The same distinction as a paid call makes. */
function failureType(status: ModelResponse['status'], code: string): FailureType {
  if (status === 'incomplete') return 'model_answer';
  return code === 'rate_limit_exceeded' ? 'provider_rate_limit' : 'provider_unavailable';
}

/** The spans of calls that wait for their answer, by the id of the response. */
class PendingSpans {
  private readonly spans = new Map<string, OpenSpan>();

  put(id: string, span: OpenSpan): void {
    this.spans.set(id, span);
    const [oldest] = this.spans.keys();
    if (this.spans.size > mostPending && oldest !== undefined) this.take(oldest)?.end();
  }

  take(id: string): OpenSpan | undefined {
    const span = this.spans.get(id);
    this.spans.delete(id);
    return span;
  }
}
