/** Serves the API's metrics to Prometheus at an address of its own, so that visitors of the API do not see them. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, type Registry } from 'prom-client';

/** `address` is a host with a port, as in 127.0.0.1:9464. Throws with a sentence when it cannot listen there. */
export async function serveMetrics(registry: Registry, address: string): Promise<Server> {
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end('not found\n');
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(503).end('the store did not answer\n'),
    );
  });
  const { hostname, port } = new URL(`http://${address}`);
  server.listen(Number(port === '' ? 80 : port), hostname.replaceAll(/[[\]]/g, ''));
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(`The API's metrics cannot be served at ${address}: ${String(error)}`, { cause: error });
  }
  return server;
}
