import { describe, expect, it } from 'vitest';
import { withoutSecrets, withSecrets } from '../../../../activities/computer-use/secrets/secret-state.ts';
import {
  createRedactor,
  redactedResponse,
  typedParts,
} from '../../../../activities/computer-use/secrets/typed-secrets.ts';
import type { BrowserState } from '../../../../activities/ports.ts';
import { callResponse } from '../../../support/llm/responses.ts';

const password = { name: 'password', value: 'pass word/&"1', origins: ['https://shop.example'] };
const user = { name: 'user', value: 'ann@example.com', origins: ['https://shop.example'] };
const secrets = [password, user];

describe('a text that is typed', () => {
  it('is split at its placeholders', () => {
    expect(typedParts('a{{secret:user}}b\n', secrets)).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'secret', secret: user },
      { kind: 'text', text: 'b\n' },
    ]);
    expect(typedParts('plain', secrets)).toEqual([{ kind: 'text', text: 'plain' }]);
    expect(typedParts('', secrets)).toEqual([]);
  });

  it('that names a secret which is not bound is refused, with those that are', () => {
    expect(() => typedParts('{{secret:root}}', secrets)).toThrow('there are {{secret:password}}, {{secret:user}}');
    expect(() => typedParts('{{secret.user}}', [])).toThrow('there is no secret named user');
  });
});

describe('a redactor', () => {
  it('puts placeholders for values, however they are spelled', () => {
    const redact = createRedactor(secrets);
    for (const spelled of [
      password.value,
      encodeURIComponent(password.value),
      new URLSearchParams({ password: password.value }).toString().slice('password='.length),
      JSON.stringify(password.value).slice(1, -1),
    ]) {
      expect(redact(`before ${spelled} after`)).toBe('before {{secret:password}} after');
    }
  });

  it('leaves values alone that are too short to be distinguished from other text', () => {
    expect(createRedactor([{ ...user, value: 'ann' }])('annual')).toBe('annual');
  });

  it('reads what a model says and types, too', () => {
    const typed = { type: 'type' as const, text: `${user.value}!` };
    const response = { ...callResponse('r1', [typed]), text: `I saw ${user.value}` };
    const why = [{ callId: 'c', name: 'needs_person', arguments: `{"why":"${user.value} is locked"}` }];
    expect(redactedResponse({ ...response, functionCalls: why }, secrets)).toMatchObject({
      functionCalls: [{ arguments: '{"why":"{{secret:user}} is locked"}' }],
      text: 'I saw {{secret:user}}',
      computerCalls: [{ actions: [{ text: '{{secret:user}}!' }] }],
    });
  });
});

describe('the state of a browser', () => {
  const state: BrowserState = {
    url: 'https://shop.example/?who=ann%40example.com',
    scroll: { x: 0, y: 0 },
    cookies: [],
    origins: [{ origin: 'https://shop.example', localStorage: [{ name: 'who', value: user.value }] }],
    sessionStorage: { origin: 'https://evil.example', items: { trap: '{{secret:user}}' } },
  };

  it('is stored without secrets, and gets them back on their own origins only', () => {
    const stored = withoutSecrets(state, secrets);
    expect(JSON.stringify(stored)).not.toContain('ann');
    const again = withSecrets(stored, secrets);
    expect(again.origins).toEqual(state.origins);
    expect(again.sessionStorage?.items).toEqual({ trap: '{{secret:user}}' });
    expect(new URL(again.url).searchParams.get('who')).toBe(user.value);
  });
});
