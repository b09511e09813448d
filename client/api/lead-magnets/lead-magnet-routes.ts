/** Lead magnets over HTTP: save a version, list, read, and submit. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { SavedLeadMagnet } from '../../../store/lead-magnets/lead-magnets.ts';
import { leadMagnetJsonSchema } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { changeRefusals, json, JsonObjectSchema, problem } from '../http/documented-answers.ts';
import { JobSchema } from '../jobs/documented-views.ts';
import { readDefinitionAside } from '../checks/checks.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { ProblemError } from '../http/problem.ts';
import { submit } from '../jobs/submit.ts';
import { visitorAddress } from '../http/visitor.ts';

const SavedSchema = z
  .object({ slug: z.string(), name: z.string(), version: z.int(), createdAt: z.string(), formUrl: z.string() })
  .openapi('SavedLeadMagnet');

const slugParameter = z.object({ slug: z.string().openapi({ param: { name: 'slug', in: 'path' } }) });

// Not checked by the route: the definition's own check lists every problem with its path.
const definitionJson = { schema: { type: 'object' as const, description: 'see /schemas/lead-magnet.json' } };
const definitionYaml = { schema: { type: 'string' as const, description: 'the same as YAML' } };

const saveRoute = createRoute({
  method: 'post',
  path: '/v1/lead-magnets',
  tags: ['Lead magnets'],
  summary: 'Save a lead magnet as its next version',
  description: 'The body is the definition as YAML or JSON; its schema is at /schemas/lead-magnet.json.',
  request: {
    body: { required: true, content: { 'application/yaml': definitionYaml, 'application/json': definitionJson } },
  },
  responses: {
    200: json('Unchanged: the newest version is the same', SavedSchema),
    201: json('Saved as a new version', SavedSchema),
    ...changeRefusals,
    400: problem('Neither YAML nor JSON'),
    413: problem('Above 1 MiB'),
    422: problem('Every problem of the definition, with its path'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/lead-magnets',
  tags: ['Lead magnets'],
  summary: 'The newest version of each lead magnet',
  responses: { 200: json('The lead magnets', z.object({ leadMagnets: z.array(SavedSchema) })) },
});

const readRoute = createRoute({
  method: 'get',
  path: '/v1/lead-magnets/{slug}',
  tags: ['Lead magnets'],
  summary: 'The newest version of a lead magnet, with its definition',
  request: { params: slugParameter },
  responses: {
    200: json('The lead magnet', SavedSchema.extend({ definition: JsonObjectSchema })),
    404: problem('No such lead magnet'),
  },
});

const schemaRoute = createRoute({
  method: 'get',
  path: '/schemas/lead-magnet.json',
  tags: ['Lead magnets'],
  summary: "The JSON Schema of a lead magnet's definition, for editors",
  responses: { 200: json('A JSON Schema (2020-12)', JsonObjectSchema) },
});

const submitRoute = createRoute({
  method: 'post',
  path: '/v1/lead-magnets/{slug}/submissions',
  tags: ['Lead magnets'],
  summary: 'Submit the form: starts a job',
  request: {
    params: slugParameter,
    headers: z.object({ 'idempotency-key': z.string().min(1).max(200).optional() }),
    body: {
      required: true,
      content: { 'application/json': { schema: z.strictObject({ form: JsonObjectSchema }) } },
    },
  },
  responses: {
    202: json('Accepted; the same Idempotency-Key answers the same job', JobSchema),
    ...changeRefusals,
    400: problem('The body is not JSON of this form'),
    415: problem('The body is not application/json'),
    404: problem('No such lead magnet'),
    409: problem('The Idempotency-Key was used for another submission'),
    413: problem('Above 1 MiB'),
    422: problem('A problem for every field that is wrong'),
    429: problem('Too many submissions from this address'),
    503: problem('Temporal cannot be reached; the submission is kept'),
  },
});

export function addLeadMagnetRoutes(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store, publicUrl } = dependencies;
  const outward = (saved: SavedLeadMagnet) => ({
    slug: saved.definition.slug,
    name: saved.definition.name,
    version: saved.version,
    createdAt: saved.createdAt,
    formUrl: new URL(`/f/${saved.definition.slug}`, publicUrl).href,
  });

  app.openapi(saveRoute, async (context) => {
    const { leadMagnet, problems } = await readDefinitionAside(await context.req.text());
    if (leadMagnet === null) {
      const detail = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new ProblemError('invalid-definition', detail, { problems: [...problems] });
    }
    const saved = await store.leadMagnets.save(leadMagnet, new Date());
    return context.json(outward(saved), saved.created ? 201 : 200);
  });

  app.openapi(listRoute, async (context) => {
    const saved = await store.leadMagnets.list();
    return context.json({ leadMagnets: saved.map(outward) }, 200);
  });

  app.openapi(readRoute, async (context) => {
    const { slug } = context.req.valid('param');
    const saved = await store.leadMagnets.find(slug);
    if (saved === null) throw new ProblemError('not-found', `there is no lead magnet ${slug}`);
    return context.json(
      {
        ...outward(saved),
        definition: z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(saved.definition))),
      },
      200,
    );
  });

  app.openapi(submitRoute, async (context) => {
    const { slug } = context.req.valid('param');
    const jobId = await submit(dependencies, {
      slug,
      values: context.req.valid('json').form,
      idempotencyKey: context.req.valid('header')['idempotency-key'],
      address: visitorAddress(context, dependencies.trustedProxies),
    });
    const job = await store.jobViews.find(jobId);
    if (job === null) throw new ProblemError('not-found', `there is no job ${jobId}`);
    context.header('location', `/v1/jobs/${jobId}`);
    return context.json(job, 202);
  });

  app.openapi(schemaRoute, (context) => context.json(JsonObjectSchema.parse(leadMagnetJsonSchema()), 200));
}
