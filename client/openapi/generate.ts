/**
 * Writes the API's OpenAPI document and the TypeScript types of its requests and answers, from the API's own routes.
 * `npm run generate:api` writes both files. With `--check` it writes nothing and fails when a file is out of date.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import openapiTypes, { astToString, type OpenAPITSOptions } from 'openapi-typescript';
import pino from 'pino';
import ts from 'typescript';
import { openStores } from '../../store/store.ts';
import { defaultTenant } from '../../workflows/contract/names.ts';
import { createApp } from '../api/app.ts';
import { createBatchTemporal } from '../api/batches/batch-temporal.ts';
import { createExperimentTemporal } from '../api/experiments/experiment-temporal.ts';
import { createLimitsTemporal } from '../api/limits/limits-temporal.ts';
import { createFormTokens } from '../api/embed/form-token.ts';
import { createJobStarter } from '../api/jobs/job-starter.ts';
import { createApiMetrics } from '../api/metrics/metrics.ts';
import { createToolTemporal } from '../api/tools/tool-temporal.ts';
import { connectTemporal } from '../api/temporal-calls.ts';

const header = '// Generated from the routes of the API by `npm run generate:api`. Do not edit.\n\n';

/** Files are streamed: `ReadableStream<Uint8Array>`. */
const binary = ts.factory.createTypeReferenceNode('ReadableStream', [ts.factory.createTypeReferenceNode('Uint8Array')]);

const options: OpenAPITSOptions = {
  // A request may leave out what has a default.
  defaultNonNullable: false,
  emptyObjectsUnknown: true,
  transform: ({ format }) => (format === 'binary' ? binary : undefined),
};

/** Makes the app to read its routes. No request reaches the store or Temporal. */
async function readDocument(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lodestone-openapi-'));
  const stores = await openStores({ dataFolder: folder });
  const temporal = connectTemporal();
  const now = (): Date => new Date();
  try {
    const owned = { store: stores.forTenant(defaultTenant), acrossTenants: stores.acrossTenants, now };
    const app = createApp({
      ...owned,
      metrics: createApiMetrics(owned),
      apiExportsMetrics: false,
      jobs: createJobStarter(temporal, 'lodestone'),
      batches: createBatchTemporal(temporal, 'lodestone'),
      experiments: createExperimentTemporal(temporal, 'lodestone', 'llm'),
      limits: createLimitsTemporal(temporal, 'lodestone'),
      tools: createToolTemporal(temporal, 'lodestone'),
      toolChoices: {},
      conversationHours: 24,
      fileLimits: { roots: [], fileBytes: 5 * 2 ** 20, requestBytes: 20 * 2 ** 20 },
      allowedHosts: [],
      remoteMcp: false,
      log: pino({ enabled: false }),
      traces: null,
      formTokens: createFormTokens(randomBytes(32), now),
      publicUrl: 'http://127.0.0.1:8700',
      aiQueue: 'llm',
      allowPrivateOrigins: [],
      trustedProxies: [],
      providerWebhookSecret: undefined,
      temporalUi: { url: 'http://127.0.0.1:8233', namespace: temporal.namespace },
    });
    const document: unknown = await (await app.request('/openapi.json')).json();
    return `${JSON.stringify(document, null, 2)}\n`;
  } finally {
    await temporal.close();
    await stores.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const document = await readDocument();
const files = {
  'openapi.json': document,
  'types.d.ts': header + astToString(await openapiTypes(document, options)),
};
for (const [name, text] of Object.entries(files)) {
  const file = join(import.meta.dirname, name);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    process.stderr.write(`client/openapi/${name} is out of date: the API has changed. Run npm run generate:api.\n`);
    process.exitCode = 1;
  }
}
