/** The clients with spans around what they do. Of a request only its method, its host and its answer's status are told. */
import type { GuardedHttp } from '../../activities/http/guarded-fetch.ts';
import type { Mail, PdfPrinter } from '../../activities/ports.ts';
import type { RunCode } from '../../activities/sandbox/sandbox.ts';
import type { SpanAttributes, Traces } from '../../traces/traces.ts';
import type { Clients } from '../clients.ts';
import type { WorkerSandboxes } from '../sandboxes.ts';
import { tracedComputers } from './traced-computers.ts';
import { tracedModel } from './traced-model.ts';

export function tracedClients(clients: Clients, traces: Traces): Clients {
  const { askingOnce, batches, delivering } = clients;
  return {
    ...clients,
    askingOnce: { ...askingOnce, model: tracedModel(askingOnce.model, traces) },
    batches: { ...batches, model: tracedModel(batches.model, traces) },
    computers: tracedComputers(clients.computers, traces),
    delivering: {
      ...delivering,
      http: tracedHttp(delivering.http, traces),
      mail: tracedMail(delivering.mail, traces),
    },
    pdfPrinter: tracedPrinter(clients.pdfPrinter, traces),
    sandboxes: tracedSandboxes(clients.sandboxes, traces),
  };
}

function tracedHttp(http: GuardedHttp, traces: Traces): GuardedHttp {
  return {
    request: (request) => {
      const attributes = { 'http.request.method': request.method, ...placeOf(request.url) };
      return traces.within({ name: 'http request', kind: 'client', attributes }, async (span) => {
        const response = await http.request(request);
        span.set({ 'http.response.status_code': response.status });
        return response;
      });
    },
  };
}

/** The path and the query of a webhook may be its secret. */
function placeOf(url: string): SpanAttributes {
  const place = URL.parse(url);
  return place === null ? {} : { 'server.address': place.hostname };
}

function tracedMail(mail: Mail, traces: Traces): Mail {
  return {
    send: (message, signal) => traces.within({ name: 'mail', kind: 'client' }, () => mail.send(message, signal)),
  };
}

function tracedPrinter(printer: PdfPrinter, traces: Traces): PdfPrinter {
  return { print: (html, signal) => traces.within({ name: 'render pdf' }, () => printer.print(html, signal)) };
}

function tracedSandboxes(sandboxes: WorkerSandboxes, traces: Traces): WorkerSandboxes {
  const traced = (language: string, run: RunCode): RunCode => {
    const attributes = { 'lodestone.language': language };
    return (request) =>
      traces.within({ name: 'sandbox', attributes }, async (span) => {
        const result = await run(request);
        span.set({ 'lodestone.status': 'problem' in result.outcome ? result.outcome.problem.type : 'ended' });
        return result;
      });
  };
  return {
    ...sandboxes,
    python: traced('python', sandboxes.python),
    javascript: traced('javascript', sandboxes.javascript),
  };
}
