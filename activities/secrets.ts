/** Secrets by name, filled in where a request leaves for its own receiver; they reach no history, log or prompt. */
import type { JsonObject } from '../workflows/contract/json.ts';
import { fillTemplate, templateNames } from '../workflows/contract/template.ts';
import { failure } from './failure.ts';

/** Secret values by lower-case name: `{{secret.crm}}` is the setting LODESTONE_SECRET_CRM. */
export type Secrets = Readonly<Record<string, string>>;

/** Fills a template that may name secrets. One that is not set fails the step, by its name and not its value. */
export function fillSecret(template: string, data: JsonObject, secrets: Secrets): string {
  for (const { path } of templateNames(template).names) {
    const name = /^secret\.(.+)$/.exec(path)?.[1];
    if (name !== undefined && !Object.hasOwn(secrets, name)) {
      throw failure('step_definition', `the secret ${name} is not set: set LODESTONE_SECRET_${name.toUpperCase()}`);
    }
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
