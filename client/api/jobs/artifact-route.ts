/** A job's artifacts over HTTP: shown or downloaded. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Store } from '../../../store/store.ts';
import { counted } from '../../../workflows/contract/counted.ts';
import { problem } from '../http/documented-answers.ts';
import { ProblemError } from '../http/problem.ts';
import { answerFile, storedFileAnswers } from '../http/stored-file.ts';

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
    ...storedFileAnswers,
    404: problem('No such job or artifact'),
    410: problem('It was removed: the days that files are kept are over'),
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
    const disposition = download === undefined ? 'inline' : 'attachment';
    return answerFile(context, store, { ...found.artifact, disposition, isPinned: sha256 !== undefined });
  });
}
