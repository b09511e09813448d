/** The HTTP application: the API, its document, and the pages. It never listens; the process or a test serves it. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { serveStatic } from '@hono/node-server/serve-static';
import type { ApiDependencies } from './dependencies.ts';
import { addJobRoutes } from './job-routes.ts';
import { addLeadMagnetRoutes } from './lead-magnet-routes.ts';
import { addPages } from './pages/pages.ts';
import { answerProblem, ProblemError } from './problem.ts';

/** The folder of Swagger UI's own files, served as they are. */
const swaggerUi = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/swagger-ui.css')));
const maximumBodyBytes = 1024 * 1024;

export function createApp(dependencies: ApiDependencies): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result) => {
      if (result.success) return;
      const problems = result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
      const detail = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
      throw new ProblemError('invalid-body', detail, { problems });
    },
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        frameAncestors: ["'self'"],
        formAction: ["'self'"],
      },
      xFrameOptions: 'SAMEORIGIN',
    }),
  );
  app.use(
    bodyLimit({
      maxSize: maximumBodyBytes,
      onError: () => {
        throw new ProblemError('too-large', `a body may have at most ${maximumBodyBytes} bytes`);
      },
    }),
  );
  app.onError((error, context) => {
    if (error instanceof ProblemError) return answerProblem(error);
    dependencies.log.error({ error, path: context.req.path }, 'a request failed');
    return answerProblem(new ProblemError('unexpected', 'the log tells more'));
  });
  app.notFound((context) => answerProblem(new ProblemError('not-found', `there is nothing at ${context.req.path}`)));

  app.get('/healthz', (context) => context.json({ ok: true }));
  addLeadMagnetRoutes(app, dependencies);
  addJobRoutes(app, dependencies);
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Lodestone', version: '1', description: 'Lead-magnet jobs that outlive every time limit.' },
  });
  app.use(
    '/reference/assets/*',
    serveStatic({ root: swaggerUi, rewriteRequestPath: (path) => path.replace('/reference/assets', '') }),
  );
  addPages(app, dependencies);
  return app;
}
