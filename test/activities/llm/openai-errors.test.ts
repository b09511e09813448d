import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { classifyOpenAiError, retryAfter } from '../../../activities/llm/openai-errors.ts';
import { costOf } from '../../../activities/llm/prices.ts';

const key = 'sk-a-secret-key';

function statusError(status: number, code?: string, headers: Record<string, string> = {}) {
  return OpenAI.APIError.generate(status, { error: { message: 'no', code } }, 'no', new Headers(headers));
}

describe('the classifier of OpenAI errors', () => {
  it.each([
    [statusError(400), 'provider_request', true],
    [statusError(401), 'provider_authentication', true],
    [statusError(403), 'provider_authentication', true],
    [statusError(404), 'provider_request', true],
    [statusError(408), 'provider_unavailable', false],
    [statusError(409), 'provider_unavailable', false],
    [statusError(418), 'provider_request', true],
    [statusError(422), 'provider_request', true],
    [statusError(429), 'provider_rate_limit', false],
    [statusError(429, 'insufficient_quota'), 'provider_quota', true],
    [statusError(500), 'provider_unavailable', false],
    [statusError(503), 'provider_unavailable', false],
    [new OpenAI.APIConnectionError({ message: 'reset' }), 'provider_unavailable', false],
    [new OpenAI.APIConnectionTimeoutError(), 'provider_unavailable', false],
    [new TypeError('terminated'), 'provider_unavailable', false],
    [new SyntaxError('Unexpected end of JSON input'), 'provider_unavailable', false],
  ])('%s → %s, non-retryable: %s', (error, type, nonRetryable) => {
    expect(classifyOpenAiError(error, key)).toMatchObject({ type, nonRetryable });
  });

  it('says why the provider could not be reached, however often that was wrapped', () => {
    const fetchFailed = new TypeError('fetch failed', { cause: new Error('other side closed') });
    const error = new OpenAI.APIConnectionError({ message: 'Connection error.', cause: fetchFailed });
    expect(classifyOpenAiError(error, key).message).toBe('the model provider could not be reached: other side closed');
  });

  it.each([400, 401, 429, 503])('holds little of what the provider says with %s, and never the key', (status) => {
    const said = `your key ${key} is wrong. ${'x'.repeat(300_000)}`;
    const failed = classifyOpenAiError(
      OpenAI.APIError.generate(status, { error: { message: said } }, said, new Headers()),
      key,
    );
    expect(failed.message).toContain('your key [key] is wrong');
    expect(failed.message.length).toBeLessThan(600);
    expect(failed.cause).toBeUndefined();
  });

  it('throws the reason of an aborted signal, which is its caller’s will, but not where an answer came first', () => {
    const signal = AbortSignal.abort(new Error('the time is up'));
    expect(() => classifyOpenAiError(new OpenAI.APIUserAbortError(), key, signal)).toThrow('the time is up');
    expect(classifyOpenAiError(statusError(429), key, signal)).toMatchObject({ type: 'provider_rate_limit' });
  });

  it('names every other abort by a type of the closed list, and rethrows whatever it does not know', () => {
    for (const error of [new OpenAI.APIUserAbortError(), new DOMException('aborted', 'AbortError')]) {
      expect(classifyOpenAiError(error, key)).toMatchObject({
        type: 'provider_unavailable',
        details: ['perhaps_paid'],
      });
    }
    expect(() => classifyOpenAiError(new RangeError('bug'), key)).toThrow('bug');
  });

  it("takes the provider's own delay, in milliseconds, seconds or as a date, up to ten minutes", () => {
    expect(classifyOpenAiError(statusError(429, undefined, { 'retry-after': '7' }), key)).toMatchObject({
      nextRetryDelay: 7000,
    });
    expect(retryAfter(new Headers({ 'retry-after-ms': '250', 'retry-after': '9' }))).toBe(250);
    const now = Date.parse('2026-11-21T00:00:00Z');
    expect(retryAfter(new Headers({ 'retry-after': 'Sat, 21 Nov 2026 00:00:30 GMT' }), now)).toBe(30_000);
    expect(retryAfter(new Headers({ 'retry-after': '99999' }))).toBe(600_000);
    expect(retryAfter(new Headers())).toBeUndefined();
  });
});

describe('the price of a call', () => {
  const tokens = { inputTokens: 1_000_000, cachedInputTokens: 500_000, outputTokens: 1_000_000 };

  it('comes from the table, and cached input is cheaper', () => {
    expect(costOf(['gpt-5.4-mini'], tokens, {})).toBeCloseTo(4.9125);
  });

  it("is the operator's own where one is set", () => {
    expect(costOf(['mine'], tokens, { mine: { input: 2, cachedInput: 1, output: 3 } })).toBeCloseTo(4.5);
  });

  it('of a dated snapshot that is not known is that of the model which was asked for', () => {
    const mine = { mine: { input: 2, cachedInput: 1, output: 3 } };
    expect(costOf(['mine-2026-11-20', 'mine'], tokens, mine)).toBeCloseTo(4.5);
    expect(costOf(['gpt-5.4-mini-x-2026-11-20', 'gpt-5.4-mini'], tokens, {})).toBeGreaterThan(0);
    // The operator's own price for the model holds, although the table knows the snapshot.
    const own = { asked: { input: 2, cachedInput: 1, output: 3 } };
    expect(costOf(['gpt-5.4-mini', 'asked'], tokens, own)).toBeCloseTo(4.5);
  });

  it('that is not known is an error, and never nothing', () => {
    expect(() => costOf(['nonsense'], tokens, {})).toThrow('LODESTONE_PRICES');
  });
});
