/**
 * Secrets that a model may type into pages without seeing them: it types `{{secret:name}}`, and the browser's driver
 * types the value instead, only on the origins that the lead magnet binds it to.
 */
import { z } from 'zod';
import { allowListProblem, hostProblem } from '../computer-use/network.ts';

export const SecretBindingSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/, 'a name is lower-case letters, digits and _, beginning with a letter')
    .describe('the setting LODESTONE_SECRET_<NAME> holds the value'),
  origins: z
    .array(z.string().max(500))
    .min(1)
    .max(20)
    .describe('where it may be typed: https://example.com or https://*.example.com'),
});
export type SecretBinding = z.infer<typeof SecretBindingSchema>;

/** The problems of a step's bindings; paths are relative to the list. */
export function secretBindingProblems(
  bindings: readonly SecretBinding[],
): readonly { readonly path: string; readonly message: string }[] {
  return bindings.flatMap(({ name, origins }, index) => [
    ...(bindings.findIndex((other) => other.name === name) === index
      ? []
      : [{ path: `[${index}].name`, message: `the secret ${name} is bound twice` }]),
    ...origins.flatMap((origin, position) => {
      const problem = originProblem(origin);
      return problem === undefined ? [] : [{ path: `[${index}].origins[${position}]`, message: problem }];
    }),
  ]);
}

/** An origin must be fixed: if a visitor's value could fill it in, the visitor would choose where the secret goes. */
function originProblem(origin: string): string | undefined {
  if (origin.includes('{{')) return 'must not be a template: a visitor would choose where the secret is typed';
  const problem = allowListProblem(origin);
  if (problem !== undefined) return problem;
  const { protocol, hostname } = new URL(origin.replace('*.', ''));
  const isPublic = hostProblem(hostname) === undefined;
  return protocol === 'http:' && isPublic ? `${origin} would send the secret unencrypted: use https://` : undefined;
}
