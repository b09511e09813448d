/** Secrets by name, filled in where a request is sent to its own receiver; they reach no history, log or prompt. */
import type { JsonObject } from '../workflows/contract/json/json.ts';
import type { SecretBinding } from '../workflows/contract/lead-magnets/secret-binding.ts';
import { fillTemplate, templateNames } from '../workflows/contract/lead-magnets/template.ts';
import type { BoundSecret } from './computer-use/secrets/bound-secret.ts';
import { failure } from './failure.ts';

/** Secret values by lower-case name: `{{secret.crm}}` is the setting LODESTONE_SECRET_CRM. */
export type Secrets = Readonly<Record<string, string>>;

/**
 * Fills a template that may refer to secrets. A missing secret fails the step, with its name in the message and never a
 * value.
 */
export function fillSecret(template: string, data: JsonObject, secrets: Secrets): string {
  for (const { path } of templateNames(template).names) {
    const name = /^secret\.(.+)$/.exec(path)?.[1];
    if (name !== undefined) valueOf(name, secrets);
  }
  return fillTemplate(template, { ...data, secret: secrets }, 'text');
}

export function fillSecrets(
  templates: Readonly<Record<string, string>>,
  data: JsonObject,
  secrets: Secrets,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).map(([name, template]) => [name, fillSecret(template, data, secrets)]),
  );
}

/** The secrets that a step may type, with their values. */
export function bindSecrets(bindings: readonly SecretBinding[], secrets: Secrets): readonly BoundSecret[] {
  return bindings.map(({ name, origins }) => ({ name, origins, value: valueOf(name, secrets) }));
}

/** Fails the step when a secret is missing: an empty value would be typed unnoticed. */
function valueOf(name: string, secrets: Secrets): string {
  const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
  if (value !== undefined && value !== '') return value;
  throw failure('step_definition', `the secret ${name} is not set: set LODESTONE_SECRET_${name.toUpperCase()}`);
}
