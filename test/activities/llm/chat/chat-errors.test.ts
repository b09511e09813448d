import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { classifyChatError } from '../../../../activities/llm/chat/chat-errors.ts';
import { commonDialect } from '../../../../activities/llm/chat/dialect.ts';
import { presets } from '../../../../activities/llm/providers/presets.ts';

function errorOf(status: number | undefined, body: Record<string, unknown>) {
  return OpenAI.APIError.generate(status, { error: { message: 'no', ...body } }, 'no', new Headers());
}

const key = 'sk-a-secret-key';
const glm = presets['glm']?.dialect.errors ?? {};
const kimi = presets['kimi']?.dialect.errors ?? {};

describe('the classifier of errors of chat completions', () => {
  it.each([
    [401, '1002', 'provider_authentication', true],
    [429, '1113', 'provider_quota', true],
    [429, '1302', 'provider_rate_limit', false],
    [429, '1305', 'provider_unavailable', false],
    [429, '1308', 'provider_quota', true],
    [429, undefined, 'provider_rate_limit', false],
    [400, '1211', 'provider_request', true],
    [400, '1234', 'provider_unavailable', false],
    [400, '1301', 'model_refusal', true],
    [400, '9999', 'provider_request', true],
    [500, '500', 'provider_unavailable', false],
  ])('GLM: %s with the code %s → %s, non-retryable: %s', (status, code, type, nonRetryable) => {
    expect(classifyChatError(errorOf(status, { code }), glm, key)).toMatchObject({ type, nonRetryable });
  });

  it.each([
    [400, 'content_filter', 'model_refusal', true],
    [400, 'invalid_request_error', 'provider_request', true],
    [401, 'incorrect_api_key_error', 'provider_authentication', true],
    [403, 'permission_denied_error', 'provider_authentication', true],
    [404, 'resource_not_found_error', 'provider_request', true],
    [429, 'exceeded_current_quota_error', 'provider_quota', true],
    [429, 'rate_limit_reached_error', 'provider_rate_limit', false],
    [429, 'engine_overloaded_error', 'provider_unavailable', false],
    [500, 'server_error', 'provider_unavailable', false],
  ])('Kimi: %s with the type %s → %s, non-retryable: %s', (status, name, type, nonRetryable) => {
    expect(classifyChatError(errorOf(status, { type: name }), kimi, key)).toMatchObject({ type, nonRetryable });
  });

  it.each([
    [429, { code: 'insufficient_quota' }, 'provider_quota', true],
    [429, {}, 'provider_rate_limit', false],
    [404, {}, 'provider_request', true],
    [503, {}, 'provider_unavailable', false],
    [undefined, {}, 'provider_unavailable', false],
  ])('others: %s with %o → %s, non-retryable: %s', (status, body, type, nonRetryable) => {
    expect(classifyChatError(errorOf(status, body), commonDialect.errors, key)).toMatchObject({ type, nonRetryable });
  });

  it.each([400, 500, undefined])('holds little of what the provider says with %s, and never the key', (status) => {
    const message = `your key ${key} is wrong. ${'x'.repeat(300_000)}`;
    // Without a status as the package makes it of an error in a stream.
    const error =
      status === undefined
        ? new OpenAI.APIError(status, { message }, undefined, undefined)
        : errorOf(status, { code: '1234', message });
    const failed = classifyChatError(error, glm, key);
    expect(failed.message).toContain('your key [key] is wrong');
    expect(failed.message.length).toBeLessThan(600);
    expect(failed.cause).toBeUndefined();
  });

  it('names an abort by a type of the closed list, and rethrows whatever it does not know', () => {
    expect(classifyChatError(new OpenAI.APIUserAbortError(), glm, key)).toMatchObject({ type: 'provider_unavailable' });
    expect(() => classifyChatError(new RangeError('bug'), glm, key)).toThrow('bug');
  });
});
