/** The routes of the tool requests' pages: the list, one request with its live part, and the form that cancels it. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { toTurn } from '../../../../store/tools/turns.ts';
import { readJson } from '../../../../workflows/contract/json/json-text.ts';
import type { ToolRequestRow } from '../../../../store/tools/tool-request-row.ts';
import type { ApiDependencies } from '../../dependencies.ts';
import { ProblemError } from '../../http/problem.ts';
import { cancelToolRequest } from '../../tools/tool-cancel.ts';
import { findToolRequest } from '../../tools/tool-requests.ts';
import { toolRequestFragment, toolRequestPage, type ToolRequestPageData } from './tool-request-page.ts';
import { toolRequestsPage } from './tool-requests-page.ts';

const requestsOfPage = 50;
const requestsOfConversation = 50;

export function addToolPages(app: OpenAPIHono, dependencies: ApiDependencies): void {
  const { store, temporalUi, now } = dependencies;

  app.get('/tool-requests', async (context) => {
    const found = await store.toolLists.page({ before: context.req.query('before'), limit: requestsOfPage });
    return context.html(toolRequestsPage(found, now()));
  });

  const data = async (id: string): Promise<ToolRequestPageData> => {
    const view = await findToolRequest(dependencies, id);
    const row = await store.toolRequests.find(id);
    if (view === null || row === null) throw new ProblemError('not-found', `there is no tool request ${id}`);
    const [conversation, files] = await Promise.all([
      store.toolLists.ofConversation(row.conversationId, requestsOfConversation),
      store.toolFiles.ofConversation(row),
    ]);
    const temporalUrl = `${temporalUi.url}/namespaces/${temporalUi.namespace}/workflows/${encodeURIComponent(id)}`;
    return { view, row, answer: answerOf(row), conversation, files, temporalUrl };
  };
  app.get('/tool-requests/:id', async (context) => context.html(toolRequestPage(await data(context.req.param('id')))));
  app.get('/tool-requests/:id/fragment', async (context) =>
    context.html(toolRequestFragment(await data(context.req.param('id')))),
  );
  app.post('/tool-requests/:id/cancel', async (context) => {
    const id = context.req.param('id');
    await cancelToolRequest(dependencies, id);
    return context.redirect(`/tool-requests/${encodeURIComponent(id)}`, 303);
  });
}

/** The tool's own answer as text: those of a panel and of the worker are stored as JSON. */
function answerOf(row: ToolRequestRow): string | null {
  if (row.answer === null) return null;
  const { panel, local } = toTurn(row).input;
  return panel === undefined && local === undefined ? row.answer : JSON.stringify(readJson(row.answer), null, 2);
}
