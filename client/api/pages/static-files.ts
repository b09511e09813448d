/** The files that pages load: our own sheet and scripts, and Swagger UI's as its package has them. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import type { OpenAPIHono } from '@hono/zod-openapi';

const swaggerUi = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/swagger-ui.css')));

export function addStaticFiles(app: OpenAPIHono): void {
  app.use('/assets/*', serveStatic({ root: join(import.meta.dirname, '..') }));
  // Only what the page uses: the package's folder holds its own start page and more.
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    app.use(`/reference/assets/${name}`, serveStatic({ path: join(swaggerUi, name) }));
  }
}
