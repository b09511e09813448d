/**
 * Lets other models take over while the circuit breaker of a model is open, or its rate limit is reached. Each model has the
 * rate limiter that batches have, too; where none is free, the requested model is called as it would be without an order.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { CallReport } from '../../../store/batches/rate-limiters/rate-limiter.ts';
import type { RateLimiters } from '../../../store/batches/rate-limiters/rate-limiters.ts';
import type { BegunResponse, Model, ModelRequest } from '../../ports.ts';
import { hasImages, type Providers } from './routing.ts';

export interface FallbackDependencies {
  readonly model: Model;
  /** Models in the order in which they take over. */
  readonly order: readonly string[];
  readonly providers: Pick<Providers, 'limiterKey' | 'problemOf' | 'imageProblemOf'>;
  readonly limiters: Pick<RateLimiters, 'acquire' | 'report'>;
  readonly now: () => number;
}

export function withFallback(dependencies: FallbackDependencies): Model {
  const { model, order } = dependencies;
  if (order.length === 0) return model;
  const failed = new Set<string>();
  return {
    create: (request, signal) => create(dependencies, failed, request, signal),
    retrieve: (id, name, signal, timeout) => model.retrieve(id, name, signal, timeout),
    cancel: (id, timeout) => model.cancel(id, timeout),
    keepsResponses: (name) => model.keepsResponses?.(name) ?? true,
  };
}

const charactersAToken = 4;
const tokensAnImage = 1500;

async function create(
  dependencies: FallbackDependencies,
  failed: Set<string>,
  request: ModelRequest,
  signal: AbortSignal | undefined,
): Promise<BegunResponse> {
  const { model, order, providers, limiters, now } = dependencies;
  // Another model may not have computer use, and its calls are not understood by all.
  const isBound = request.computer !== null || request.functions !== undefined || request.isReplaceable === false;
  const showsImages = hasImages(request);
  const isAble = (name: string): boolean =>
    providers.problemOf(name) === null && !(showsImages && providers.imageProblemOf(name) !== null);
  const others = isBound ? [] : order.filter((name) => name !== request.model && isAble(name));
  if (others.length === 0) return model.create(request, signal);
  const tokens = inputTokens(request.input) + (request.maxOutputTokens ?? 0);
  for (const name of [request.model, ...others]) {
    const key = providers.limiterKey(name);
    // The order is a convenience: a store that is busy must not fail the call.
    const permit = await limiters.acquire(key, tokens, now()).catch(() => null);
    if (permit === null) break;
    if (!permit.granted) continue;
    const report = async (outcome: CallReport): Promise<void> => {
      const changesState = outcome.kind !== 'answered' || permit.probe || failed.has(key);
      if (!changesState) return;
      if (outcome.kind === 'answered') failed.delete(key);
      else failed.add(key);
      // The answer is paid for, whether or not this is stored.
      await limiters
        .report(key, { report: outcome, reported: null, probe: permit.probe }, now())
        .catch(() => undefined);
    };
    try {
      if (name !== request.model) await request.onReplaced?.(name);
      const response = await model.create({ ...request, model: name }, signal);
      await report({ kind: 'answered' });
      return name === request.model ? response : { ...response, model: name };
    } catch (error) {
      await report(reportOf(error));
      throw error;
    }
  }
  return model.create(request, signal);
}

/** An estimate: the characters of an image say nothing about its tokens. */
function inputTokens(input: ModelRequest['input']): number {
  return input.reduce((sum, part) => {
    if (part.type !== 'text') return sum + JSON.stringify(part).length / charactersAToken;
    return sum + part.text.length / charactersAToken + (part.images ?? []).length * tokensAnImage;
  }, 0);
}

/** A refusal shows that the provider is there. */
function reportOf(error: unknown): CallReport {
  if (!(error instanceof ApplicationFailure)) return { kind: 'answered' };
  const { nextRetryDelay, type } = error;
  const retryAfterMilliseconds = typeof nextRetryDelay === 'number' ? nextRetryDelay : null;
  if (type === 'provider_rate_limit') return { kind: 'rate_limited', retryAfterMilliseconds };
  return type === 'provider_unavailable' ? { kind: 'unavailable', retryAfterMilliseconds } : { kind: 'answered' };
}
