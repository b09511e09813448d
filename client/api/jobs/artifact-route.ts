/** A job's artifacts over HTTP: shown or downloaded, but without running scripts or access to our origin. */
import { Readable } from 'node:stream';
import parseRange from 'range-parser';
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { sharedContentHint, type ByteRange } from '../../../store/artifacts/contents.ts';
import type { Store } from '../../../store/store.ts';
import { counted } from '../../../workflows/contract/counted.ts';
import { problem } from '../http/documented-answers.ts';
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
    206: { description: 'The one range of bytes that was asked for' },
    304: { description: 'Unchanged since If-None-Match' },
    404: problem('No such job or artifact'),
    410: problem('It was removed: the days that files are kept are over'),
    416: { description: 'The range begins after its end' },
  },
});

export function addArtifactRoute(app: OpenAPIHono, store: Store): void {
  app.openapi(artifactRoute, async (context) => {
    const { id, name } = context.req.valid('param');
    const found = await store.artifacts.findKeptOrRemoved(id, name);
    const { download, sha256 } = context.req.valid('query');
    if (found !== null && found.removedAfterDays !== null) {
      throw new ProblemError(
        'removed',
        `${name} was removed ${counted(found.removedAfterDays, 'day')} after the job ended`,
      );
    }
    if (found === null || (sha256 !== undefined && sha256 !== found.artifact.sha256)) {
      throw new ProblemError('not-found', `job ${id} has no such artifact ${name}`);
    }
    const { artifact } = found;
    const etag = `"${artifact.sha256}"`;
    context.header('etag', etag);
    // A name may later refer to newer content, so a browser revalidates each time, unless it requested a specific hash.
    context.header('cache-control', sha256 === undefined ? 'no-cache' : 'private, max-age=31536000, immutable');
    if (context.req.header('if-none-match') === etag) return context.body(null, 304);
    const kind = download === undefined ? 'inline' : 'attachment';
    context.header('content-type', artifact.mediaType);
    context.header('content-disposition', `${kind}; filename*=UTF-8''${encodeURIComponent(artifact.name)}`);
    context.header('content-security-policy', policyOf(artifact.mediaType));
    context.header('accept-ranges', 'bytes');
    const head = await store.artifacts.headContent(artifact.sha256);
    if (head === null) {
      throw new ProblemError('not-found', `the content of ${name} is missing from the store. ${sharedContentHint}`);
    }
    const isSame = [undefined, etag].includes(context.req.header('if-range'));
    const range = isSame ? rangeOf(context.req.header('range'), head.bytes) : null;
    if (range === 'unsatisfiable') {
      context.header('content-range', `bytes */${head.bytes}`);
      return context.body(null, 416);
    }
    const { start, end } = range ?? { start: 0, end: head.bytes - 1 };
    context.header('content-length', String(end - start + 1));
    if (range !== null) context.header('content-range', `bytes ${start}-${end}/${head.bytes}`);
    const status = range === null ? 200 : 206;
    if (context.req.method === 'HEAD') return context.body(null, status);
    return context.body(Readable.toWeb(store.artifacts.readContent(artifact.sha256, range ?? undefined)), status);
  });
}

/** The single requested range. Null when the whole file is sent: without a range, and for several or an invalid one. */
function rangeOf(header: string | undefined, bytes: number): ByteRange | 'unsatisfiable' | null {
  if (header === undefined) return null;
  const ranges = parseRange(bytes, header);
  if (ranges === -1) return 'unsatisfiable';
  const [range] = ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1 ? [] : ranges;
  return range ?? null;
}

function policyOf(mediaType: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
  // Chromium's PDF viewer does not work in a sandbox; scripts in a PDF have no origin to attack.
  return mediaType === 'application/pdf' ? policy : `${policy}; sandbox`;
}
