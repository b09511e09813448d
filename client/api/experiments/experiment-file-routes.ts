/** The files of an experiment over HTTP. What code under test made is downloaded; pictures and figures of the product are shown. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Store } from '../../../store/store.ts';
import { counted } from '../../../workflows/contract/counted.ts';
import { problem } from '../http/documented-answers.ts';
import { ProblemError } from '../http/problem.ts';
import { answerFile, storedFileAnswers } from '../http/stored-file.ts';

const tags = ['Experiments'];
const query = z.object({ download: z.string().optional().describe('present: save it rather than show it') });
const responses = {
  ...storedFileAnswers,
  404: problem('No such experiment or file'),
  410: problem('It was removed: the days that files are kept are over, or the disk budget was used up'),
};

const roundFileRoute = createRoute({
  method: 'get',
  path: '/v1/experiments/{id}/rounds/{round}/files/{name}',
  tags,
  summary: 'A file of a round: its code, what it encoded, comparison pictures, figures of each frame',
  request: {
    params: z.object({
      id: z.string().openapi({ param: { name: 'id', in: 'path' } }),
      round: z.coerce
        .number()
        .int()
        .min(1)
        .max(1000)
        .openapi({ param: { name: 'round', in: 'path' } }),
      name: z.string().openapi({ param: { name: 'name', in: 'path' } }),
    }),
    query,
  },
  responses: { ...responses, 400: problem('The round is no number') },
});

/** Nothing of these can run in a browser. */
const shownTypes = new Set(['image/png', 'text/plain', 'application/json']);

export function addExperimentFileRoutes(app: OpenAPIHono, store: Store): void {
  app.openapi(roundFileRoute, async (context) => {
    const { id, round, name } = context.req.valid('param');
    const found = await store.experimentViews.file(id, round, name);
    if (found === null) throw new ProblemError('not-found', `round ${round} of experiment ${id} has no file ${name}`);
    if (found.removedAfterDays !== null)
      throw new ProblemError('removed', removalOf(found.name, found.removedAfterDays));
    const isShown = shownTypes.has(found.mediaType) && context.req.query('download') === undefined;
    return answerFile(context, store, { ...found, disposition: isShown ? 'inline' : 'attachment', isPinned: false });
  });
}

/** Why a file is not there any more, as a sentence without its full stop. */
export function removalOf(file: string, days: number): string {
  if (days === 0) return `${file} was removed for the disk budget`;
  return `${file} was removed ${counted(days, 'day')} after the experiment ended`;
}
