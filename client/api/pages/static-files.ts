/** The files that pages load: our own sheet and scripts, and those of the Swagger UI package. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';

const swaggerUi = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/swagger-ui.css')));

export function addStaticFiles(app: OpenAPIHono): void {
  // For pages of other sites; and for a form in a sandboxed frame without an origin, to report that it cannot be sent.
  for (const path of ['/embed.js', '/assets/embed-frame.js']) app.use(path, forOtherSites);
  app.use('/embed.js', serveStatic({ path: join(import.meta.dirname, '..', 'assets', 'embed.js') }));
  app.use('/assets/*', serveStatic({ root: join(import.meta.dirname, '..') }));
  // Only the files that the page uses: the package's folder also has a start page and more.
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    app.use(`/reference/assets/${name}`, serveStatic({ path: join(swaggerUi, name) }));
  }
}

const forOtherSites: MiddlewareHandler = async (context, next) => {
  context.header('cross-origin-resource-policy', 'cross-origin');
  await next();
};
