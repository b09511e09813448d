/** The routes of the API: the name of each in the journal, and its handler. */
import type { Answer } from '../responses/answer.ts';
import { invalidRequest, notFound, serverError } from './api-error.ts';
import { answerBatches, type Batches } from '../batches/batches.ts';
import {
  answered,
  isLostLine,
  refused,
  applyLineFault,
  type BatchLine,
  type LineAnswer,
} from '../batches/batch-lines.ts';
import { chatChunks, chatCompletion } from '../chat/chat-answer.ts';
import { readChatRequest } from '../chat/chat-request.ts';
import type { ApiCall } from './api-call.ts';
import { answeredCalls, newestImage } from '../responses/conversation.ts';
import { responseEvents } from '../responses/events.ts';
import type { Faults } from '../faults.ts';
import { answerFiles, type Files } from '../batches/files.ts';
import { inputItemPage } from '../responses/input-item-page.ts';
import type { Notebook, RequestKind } from '../journal.ts';
import { checkModel, findModel, listModels } from '../models.ts';
import { computerActions } from '../responses/output-items.ts';
import { readRequest, type CreateRequest } from '../responses/request.ts';
import type { ResponseObject } from '../responses/response-object.ts';
import type { Responses, StoredResponse } from '../responses/responses.ts';

export interface Route {
  readonly kind: RequestKind;
  /** The id of the response, model, file or batch in the path; empty when there is none. */
  readonly id: string;
}

const chatPath = /^\/v1\/chat\/completions$/;
const routes: readonly (readonly [RequestKind, string, RegExp])[] = [
  ['create', 'POST', /^\/v1\/responses$/],
  ['create', 'POST', chatPath],
  ['retrieve', 'GET', /^\/v1\/responses\/([^/]+)$/],
  ['delete', 'DELETE', /^\/v1\/responses\/([^/]+)$/],
  ['cancel', 'POST', /^\/v1\/responses\/([^/]+)\/cancel$/],
  ['input_items', 'GET', /^\/v1\/responses\/([^/]+)\/input_items$/],
  ['files', 'POST', /^\/v1\/files$/],
  ['files', 'GET', /^\/v1\/files$/],
  ['files', 'GET', /^\/v1\/files\/([^/]+)(?:\/content)?$/],
  ['files', 'DELETE', /^\/v1\/files\/([^/]+)$/],
  ['batches', 'POST', /^\/v1\/batches$/],
  ['batches', 'GET', /^\/v1\/batches$/],
  ['batches', 'GET', /^\/v1\/batches\/([^/]+)$/],
  ['batches', 'POST', /^\/v1\/batches\/([^/]+)\/cancel$/],
  ['models', 'GET', /^\/v1\/models$/],
  ['models', 'GET', /^\/v1\/models\/([^/]+)$/],
];

export function routeOf(method: string, path: string): Route {
  for (const [kind, wanted, pattern] of routes) {
    const match = method === wanted ? pattern.exec(path) : null;
    if (match === null) continue;
    const id = decoded(match[1] ?? '');
    return id === null ? nowhere : { kind, id };
  }
  return nowhere;
}

const nowhere: Route = { kind: 'unknown', id: '' };

/** Null when the path is not correctly encoded. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

export interface ApiOptions {
  readonly responses: Responses;
  readonly files: Files;
  readonly batches: Batches;
  readonly allowRetiredModels: boolean;
}

export async function answerCall(options: ApiOptions, route: Route, call: ApiCall): Promise<Answer> {
  const { responses } = options;
  const { kind, id } = route;
  switch (kind) {
    case 'create':
      return chatPath.test(call.path) ? chat(options, call) : create(options, call);
    case 'retrieve':
      return retrieve(responses.get(id), call);
    case 'cancel': {
      const cancelled = responses.cancel(id);
      call.note({ responseId: id, outcome: cancelled.object.status });
      return json(cancelled.object);
    }
    case 'delete':
      call.note({ responseId: id, outcome: 'deleted' });
      responses.delete(id);
      return json({ id, object: 'response', deleted: true });
    case 'input_items':
      call.note({ responseId: id, outcome: 'listed' });
      return json(inputItemPage(responses.get(id).inputs, call.query));
    case 'models':
      call.note({ outcome: 'listed' });
      return json(id === '' ? { object: 'list', data: listModels() } : findModel(id));
    case 'files':
      return answerFiles(options.files, call);
    case 'batches':
      return answerBatches(options.batches, call);
    case 'unknown':
    default:
      throw notFound(`Invalid URL (${call.method} ${call.path})`, null);
  }
}

interface Begun {
  readonly response: StoredResponse;
  /** Resolves when the journal contains the end. */
  readonly noted: Promise<void>;
}

type Options = Pick<ApiOptions, 'responses' | 'allowRetiredModels'>;

function begin(options: Options, request: CreateRequest, call: Pick<ApiCall, 'fault' | 'note'>): Begun {
  const { model, previousResponseId, inputSha256 } = request;
  const image = newestImage(request.items);
  call.note({
    model,
    computerTool: request.computerTool,
    previousResponseId,
    inputSha256,
    answeredCallIds: answeredCalls(request.items),
    imageSha256: image?.sha256 ?? null,
    imageSize: image === null ? null : { width: image.width, height: image.height },
  });
  checkModel(model, { allowRetired: options.allowRetiredModels, now: new Date() });
  const response = options.responses.begin(request, call.fault);
  call.note({ responseId: response.object.id, outcome: response.object.status });
  const noted = response.ended.then(() => call.note(endOf(response.object)));
  return { response, noted };
}

async function create(options: ApiOptions, call: ApiCall): Promise<Answer> {
  const request = readRequest(call.body);
  const { response, noted } = begin(options, request, call);
  if (request.stream) return { kind: 'events', events: responseEvents(response) };
  if (request.background) return json(response.object);
  await noted;
  if (response.broken !== null) throw serverError(`The brain broke: ${response.broken.message}`);
  return json(response.object);
}

async function chat(options: ApiOptions, call: ApiCall): Promise<Answer> {
  const request = readChatRequest(call.body);
  const { response, noted } = begin(options, request.create, call);
  if (request.stream) return { kind: 'chunks', chunks: chatChunks(response, request) };
  await noted;
  const { status, error } = response.object;
  if (status === 'failed') throw serverError(error?.message ?? 'The response failed.');
  return json(chatCompletion(response.object, request));
}

/** Answers a line of a batch like a separate request, with its own entry in the journal; null when a fault drops it. */
export async function answerLine(
  options: Options & { readonly faults: Faults; readonly journal: Notebook },
  { body }: BatchLine,
  batchId: string,
): Promise<LineAnswer | null> {
  const method = 'POST';
  const path = '/v1/responses';
  const note = options.journal.open({ method, path, kind: 'create' });
  const model = typeof body['model'] === 'string' ? body['model'] : null;
  const fault = options.faults.take({ method, path, model, occasion: 'create' });
  note({ batchId, model, fault: fault?.kind ?? null });
  try {
    applyLineFault(fault, model ?? 'this model');
    if (fault?.when === 'before_work' && isLostLine(fault)) return null;
    const { response, noted } = begin(options, readRequest(body), { fault, note });
    await noted;
    return isLostLine(fault) ? null : answered(response.object);
  } catch (error) {
    const answer = refused(error);
    note({ outcome: `refused with ${answer.status_code}` });
    return answer;
  }
}

function retrieve(response: StoredResponse, { query, note }: ApiCall): Answer {
  const { id, status, model } = response.object;
  note({ responseId: id, outcome: status, model });
  if (query.get('stream') !== 'true') return json(response.object);
  const startingAfter = Number(query.get('starting_after') ?? -1);
  if (!Number.isInteger(startingAfter)) {
    throw invalidRequest("Invalid value for 'starting_after': expected an integer.", 'starting_after', 'invalid_type');
  }
  return { kind: 'events', events: responseEvents(response, startingAfter) };
}

function endOf({ status, output, usage }: ResponseObject): {
  outcome: string;
  actions: readonly string[];
  usage: ResponseObject['usage'];
} {
  const calls = output.flatMap((item) => (item.type === 'computer_call' ? [item] : []));
  return { outcome: status, usage, actions: calls.flatMap(computerActions).map(({ type }) => type) };
}

function json(body: unknown): Answer {
  return { kind: 'json', status: 200, body };
}
