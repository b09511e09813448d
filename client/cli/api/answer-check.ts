/**
 * Checks each JSON answer against the OpenAPI document that the types were generated from. This makes the types
 * true at run time, and an API of another version gives a clear error. Properties that the document does not know are allowed.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Middleware } from 'openapi-fetch';
import document from '../../openapi/openapi.json' with { type: 'json' };
import { CommandError, exitCodes } from '../exit-codes.ts';
import { parseJson } from './parse-json.ts';

const documentId = 'openapi';

const ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
ajv.addSchema(withoutClosedObjects(document), documentId);

export const checkAnswers: Middleware = {
  async onResponse({ request, response, schemaPath, options }) {
    if (options.parseAs !== 'json' || response.status === 204) return;
    const validate = ajv.getSchema(schemaAddress(schemaPath, request.method, response.status));
    if (validate?.(parseJson(await response.clone().text())) === true) return;
    const where = `${request.method} ${schemaPath}`;
    const why = validate === undefined ? `status ${response.status}` : ajv.errorsText(validate.errors, { dataVar: '' });
    throw new CommandError(
      `The API at ${options.baseUrl} answered ${where} in another form than this command knows (${why}). Is it Lodestone, and of the same version?`,
      exitCodes.unexpected,
    );
  },
};

/** The place of an answer's schema in the document, as a JSON pointer. */
function schemaAddress(path: string, method: string, status: number): string {
  const steps = [
    'paths',
    path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    'application/json',
    'schema',
  ];
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
  return `${documentId}#/${pointer.join('/')}`;
}

/** Allows properties that the document does not know, which a newer API may have added. */
function withoutClosedObjects(schema: object): object {
  const entries = Object.entries(schema).filter(([name, value]) => name !== 'additionalProperties' || value !== false);
  return Object.fromEntries(entries.map(([name, value]: [string, unknown]) => [name, opened(value)]));
}

function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  return typeof value === 'object' && value !== null ? withoutClosedObjects(value) : value;
}
