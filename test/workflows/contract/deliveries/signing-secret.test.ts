import { describe, expect, it } from 'vitest';
import { readDefinition } from '../../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { signingSecretProblem, signingSecrets } from '../../../../workflows/contract/deliveries/signing-secret.ts';
import { smallForm } from '../../../support/definitions.ts';

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

describe('a signing secret', () => {
  it('is whsec_ and 24 to 64 bytes in base64, and two of them stand with a space between', () => {
    for (const bytes of [24, 25, 26, 32, 64]) expect(signingSecretProblem(secretOf(bytes)), `${bytes}`).toBeUndefined();
    expect(signingSecretProblem(`${secretOf(24)} ${secretOf(32)}`)).toBeUndefined();
    expect(signingSecrets(`${secretOf(24)} ${secretOf(32)}`)).toEqual([secretOf(24), secretOf(32)]);
  });

  it.each([
    ['', 'is empty'],
    ['s3cret', 'must be whsec_'],
    [secretOf(32).slice(6), 'must be whsec_'],
    [secretOf(23), '24 to 64'],
    [secretOf(65), '24 to 64'],
    [secretOf(32).replaceAll('=', ''), 'base64'],
    [secretOf(32).replace('B', '!'), 'base64'],
    [`whsec_${'A'.repeat(1_000_000)}`, 'base64'],
    [`${secretOf(32)} ${secretOf(24)} ${secretOf(24)}`, 'more than two'],
  ])('%.60s is none', (text, reported) => {
    const problem = signingSecretProblem(text);
    expect(problem).toContain(reported);
    expect(problem).not.toContain('s3cret');
  });

  it('that stands in a definition is judged when it is saved', () => {
    const delivery = { kind: 'webhook', url: 'https://a.example', secret: 'too simple' };
    const step = { ...delivery, id: 'hook' };
    const parts = { slug: 'a', name: 'A', form: smallForm, steps: [step], deliver: [delivery] };
    const { problems } = readDefinition(parts);
    expect(problems.map(({ path }) => path)).toEqual(expect.arrayContaining(['steps[0].secret', 'deliver[0].secret']));
    expect(JSON.stringify(problems)).not.toContain('too simple');
  });
});
