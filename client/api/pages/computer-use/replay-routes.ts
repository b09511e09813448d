/** The replay of a run: its page, the turns that were added since the page was made, and the file to download. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { ComputerTurn } from '../../../../workflows/contract/computer-use/computer-turn.ts';
import { allTurns, findRun } from '../../computer-use/computer-run.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { exportReplay } from './replay-export.ts';
import { replayPage, replayTurns } from './replay-page.ts';

const newTurns = 100;

export function addReplayRoutes(app: OpenAPIHono, { store, now }: ApiDependencies): void {
  app.get('/jobs/:id/steps/:stepId/replay', async (context) => {
    const found = await findRun(store, context.req.param('id'), context.req.param('stepId'));
    const [event] = await store.events.newest(found.job.id, 1);
    const turns: ComputerTurn[] = [];
    for await (const turn of allTurns(store, found)) turns.push(turn);
    return context.html(replayPage(found, turns, event?.sequence ?? 0));
  });

  app.get('/jobs/:id/steps/:stepId/replay/turns', async (context) => {
    const found = await findRun(store, context.req.param('id'), context.req.param('stepId'));
    const cursor = Number(context.req.query('cursor') ?? 0);
    const turns = await store.computerTurns.after(found.filter, Number.isInteger(cursor) ? cursor : 0, newTurns);
    return context.html(replayTurns(found, turns));
  });

  app.get('/jobs/:id/steps/:stepId/replay.html', async (context) => {
    const found = await findRun(store, context.req.param('id'), context.req.param('stepId'));
    context.header('content-type', 'text/html; charset=utf-8');
    context.header('content-disposition', `attachment; filename="${found.job.id}-${found.step.id}-replay.html"`);
    const parts = ReadableStream.from(exportReplay(store, found, now()));
    return context.body(parts.pipeThrough(new TextEncoderStream()));
  });
}
