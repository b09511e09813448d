/** Holds an answer against the app's own OpenAPI document: its status, its media type, and its body's schema. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const MediaTypes = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const Operation = z.object({
  responses: z.record(z.string(), z.object({ content: MediaTypes.optional() })),
});
export const OpenApiDocument = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.record(z.string(), z.unknown()).optional(),
});

export async function readDocument(app: OpenAPIHono): Promise<z.infer<typeof OpenApiDocument>> {
  return OpenApiDocument.parse(await (await app.request('/openapi.json')).json());
}

/** Throws when a documented path answers what the document does not say. Pages are no part of it. */
export async function checkAgainstDocument(
  app: OpenAPIHono,
  address: string,
  method: string,
  response: Response,
): Promise<void> {
  const { paths, components } = await readDocument(app);
  const path = new URL(address, 'http://test').pathname;
  const found = Object.entries(paths).find(([pattern]) => matches(pattern, path));
  const operation = found?.[1][method.toLowerCase()];
  if (operation === undefined) return;
  const described = operation.responses[String(response.status)];
  const where = `${method} ${path} → ${response.status}`;
  if (described === undefined) throw new Error(`${where} is not in the document`);
  if (described.content === undefined) return;
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const media = described.content[type] ?? described.content['*/*'];
  if (media === undefined) throw new Error(`${where} as ${type} is not in the document`);
  if (!type.endsWith('json') || described.content[type] === undefined) return;
  const ajv = addFormats.default(new Ajv2020({ strict: false }));
  const validate = ajv.compile({ ...media.schema, components });
  if (!validate(await response.clone().json())) throw new Error(`${where}: ${ajv.errorsText(validate.errors)}`);
}

function matches(pattern: string, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
}
