/** What a job made, over HTTP: shown or downloaded, but running no script and reaching nothing of ours. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Store } from '../../../store/store.ts';
import { problem } from './answers.ts';
import { ProblemError } from '../http/problem.ts';

const artifactRoute = createRoute({
  method: 'get',
  path: '/v1/jobs/{id}/artifacts/{name}',
  tags: ['Jobs'],
  summary: 'A file that the job made',
  request: {
    params: z.object({
      id: z.string().openapi({ param: { name: 'id', in: 'path' } }),
      name: z.string().openapi({ param: { name: 'name', in: 'path' } }),
    }),
    query: z.object({
      download: z.string().optional().describe('present: save it rather than show it'),
      sha256: z.string().optional().describe('only this content, which may then be kept for good'),
    }),
  },
  responses: {
    200: {
      description: 'Its content, under its own media type; the ETag is its SHA-256',
      content: { '*/*': { schema: { type: 'string', format: 'binary' } } },
    },
    304: { description: 'Unchanged since If-None-Match' },
    404: problem('No such job or artifact'),
  },
});

export function addArtifactRoute(app: OpenAPIHono, store: Store): void {
  app.openapi(artifactRoute, async (context) => {
    const { id, name } = context.req.valid('param');
    const artifact = await store.artifacts.find(id, name);
    const { download, sha256 } = context.req.valid('query');
    if (artifact === null || (sha256 !== undefined && sha256 !== artifact.sha256)) {
      throw new ProblemError('not-found', `job ${id} has no such artifact ${name}`);
    }
    const etag = `"${artifact.sha256}"`;
    context.header('etag', etag);
    // A name may come to stand for newer content, so a browser asks again each time, unless it asked for this one.
    context.header('cache-control', sha256 === undefined ? 'no-cache' : 'private, max-age=31536000, immutable');
    if (context.req.header('if-none-match') === etag) return context.body(null, 304);
    const kind = download === undefined ? 'inline' : 'attachment';
    context.header('content-type', artifact.mediaType);
    context.header('content-disposition', `${kind}; filename*=UTF-8''${encodeURIComponent(artifact.name)}`);
    context.header('content-security-policy', policyOf(artifact.mediaType));
    return context.body(new Uint8Array(await store.artifacts.getContent(artifact.sha256)), 200);
  });
}

function policyOf(mediaType: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
  // Chromium's own viewer of PDFs cannot run in a sandbox; a PDF's scripts have no origin to harm.
  return mediaType === 'application/pdf' ? policy : `${policy}; sandbox`;
}
