/**
 * The HTTP application: the API, its OpenAPI document, and the pages. It does not listen; the process or a test serves
 * it.
 */
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { addAuditRoutes } from './audits/audit-routes.ts';
import { createHeldAudits } from './audits/audits.ts';
import { addApprovalRoutes } from './approvals/approval-routes.ts';
import { isItemUpload } from './batches/batch-item-routes.ts';
import { addBatchRoutes } from './batches/batch-routes.ts';
import { boundedBodies } from './http/body-bounds.ts';
import { refuseOtherSites } from './http/cross-site.ts';
import { refuseOtherHosts } from './http/host.ts';
import { addDeliveryRoutes } from './deliveries/delivery-routes.ts';
import type { ApiDependencies } from './dependencies.ts';
import { pageHeaders } from './http/headers.ts';
import { createLargeJson } from './http/large-json.ts';
import { isEmbeddedForm } from './embed/address.ts';
import { addExperimentRoutes } from './experiments/experiment-routes.ts';
import { isVideoUpload } from './experiments/video-upload-route.ts';
import { addHealthRoute } from './platform/health-route.ts';
import { addInsightsRoutes } from './insights/analysis-routes.ts';
import { addJobRoutes } from './jobs/job-routes.ts';
import { addLeadMagnetRoutes } from './lead-magnets/lead-magnet-routes.ts';
import { addProposalRoutes } from './limits/proposal-routes.ts';
import { addLimitsRoutes } from './limits/limits-routes.ts';
import { addMcpRoutes, answerRpcProblem, isMcp, mcpPath } from './mcp/mcp-routes.ts';
import { refuseUnknown } from './http/not-found.ts';
import { addPlatformRoutes } from './platform/platform-routes.ts';
import { addPages } from './pages/pages.ts';
import { embeddedProblem } from './pages/embed/embed-problem.ts';
import { problemPage, wantsPage } from './pages/problem-page.ts';
import { answerProblem, ProblemError } from './http/problem.ts';
import { createToolCaller } from './tools/tool-caller.ts';
import { toolBodyBytes } from './tools/file-intake.ts';
import { addToolRoutes, isToolCall } from './tools/tool-routes.ts';
import { addProviderEventRoutes, providerEventsPath } from './platform/provider-event-routes.ts';
import { traced } from './http/traced.ts';
import { refuseUnsafeJson } from './http/strict-bodies.ts';

const maximumBodyBytes = 1024 * 1024;

export function createApp(dependencies: ApiDependencies): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return;
      const problems = result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
      const detail = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new ProblemError('invalid-request', detail, { problems });
    },
  });
  app.use(dependencies.metrics.measured);
  if (dependencies.traces !== null) app.use(traced(dependencies.traces));
  app.use(pageHeaders());
  app.use(refuseOtherHosts([new URL(dependencies.publicUrl).hostname, ...dependencies.allowedHosts]));
  app.use(refuseOtherSites());
  const limit = bodyLimit({
    maxSize: maximumBodyBytes,
    onError: () => {
      throw new ProblemError('too-large', `a body may have at most ${maximumBodyBytes} bytes`);
    },
  });
  const bounds = boundedBodies();
  const strict = refuseUnsafeJson([providerEventsPath]);
  for (const check of [limit, bounds, strict]) {
    app.use((context, next) => (readsItsBody(context.req.path) ? next() : check(context, next)));
  }
  app.onError((error, context) => {
    const known = asProblem(error);
    if (known === undefined) dependencies.log.error({ error, path: context.req.path }, 'a request failed');
    const problem = known ?? new ProblemError('unexpected', 'the log tells more');
    if (isMcp(context)) return answerRpcProblem(problem);
    if (!wantsPage(context)) return answerProblem(problem);
    return isEmbeddedForm(context.req.path) ? embeddedProblem(dependencies, context, problem) : problemPage(problem);
  });
  app.notFound((context) => refuseUnknown(app, context));

  addHealthRoute(app, dependencies);
  addLeadMagnetRoutes(app, dependencies);
  addJobRoutes(app, dependencies);
  addDeliveryRoutes(app, dependencies);
  addApprovalRoutes(app, dependencies);
  addBatchRoutes(app, dependencies);
  addExperimentRoutes(app, dependencies);
  addInsightsRoutes(app, dependencies);
  const caller = createToolCaller(dependencies);
  const bodies = createLargeJson(toolBodyBytes(dependencies.fileLimits));
  addToolRoutes(app, dependencies, caller, bodies);
  addMcpRoutes(app, dependencies, caller, bodies);
  addPlatformRoutes(app, dependencies);
  addLimitsRoutes(app, dependencies);
  addProposalRoutes(app, dependencies);
  const audits = createHeldAudits(dependencies);
  addAuditRoutes(app, audits);
  addProviderEventRoutes(app, dependencies);
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Lodestone',
      version: '1',
      description:
        'Lead-magnet jobs that outlive every time limit. A request whose Host is neither a name of the API nor an IP address is answered with 421.',
    },
  });
  addPages(app, dependencies, audits);
  return app;
}

/** Items of a batch and videos are read as a stream; calls of tools may have files by value. */
function readsItsBody(path: string): boolean {
  return isItemUpload(path) || isVideoUpload(path) || isToolCall(path) || path === mcpPath;
}

function asProblem(error: Error): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  // The framework answers bodies that do not match their content type.
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === 415) return new ProblemError('unsupported-media-type', 'send the body as application/json');
  return error.status === 400 ? new ProblemError('invalid-request', error.message) : undefined;
}
