/** A response as a stream of events. They depend only on the response, so a stream can be resumed at any event. */
import type { FunctionCallItem, MessageItem, OutputItem } from './output-items.ts';
import type { ResponseObject } from './response-object.ts';
import type { StoredResponse } from './responses.ts';

export interface StreamEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly [field: string]: unknown;
}
type Unnumbered = Omit<StreamEvent, 'sequence_number'> & { readonly type: string };

const deltaCharacters = 24;

/** Yields the first events at once and the others at the end of the response. Skips events up to `startingAfter`. */
export async function* responseEvents(response: StoredResponse, startingAfter = -1): AsyncGenerator<StreamEvent> {
  const first = opening(response.object);
  yield* numbered(first, 0).filter((event) => event.sequence_number > startingAfter);
  await response.ended;
  yield* numbered(closing(response.object), first.length).filter((event) => event.sequence_number > startingAfter);
}

function numbered(events: readonly Unnumbered[], from: number): readonly StreamEvent[] {
  return events.map((event, index) => ({ ...event, type: event.type, sequence_number: from + index }));
}

function opening(object: ResponseObject): readonly Unnumbered[] {
  const status = object.background ? 'queued' : 'in_progress';
  const blank = { output: [], error: null, incomplete_details: null, usage: null, completed_at: null };
  const begun = { ...object, ...blank, status };
  return [
    { type: 'response.created', response: begun },
    ...(object.background ? [{ type: 'response.queued', response: begun }] : []),
    { type: 'response.in_progress', response: { ...begun, status: 'in_progress' } },
  ];
}

function closing(object: ResponseObject): readonly Unnumbered[] {
  // The stream of a cancelled response ends without a final event.
  if (object.status === 'cancelled') return [];
  return [
    ...object.output.flatMap((item, index) => itemEvents(item, index)),
    { type: `response.${object.status}`, response: object },
  ];
}

function itemEvents(item: OutputItem, index: number): readonly Unnumbered[] {
  return [
    { type: 'response.output_item.added', output_index: index, item: begun(item) },
    ...(item.type === 'message' ? messageEvents(item, index) : []),
    ...(item.type === 'function_call' ? argumentEvents(item, index) : []),
    { type: 'response.output_item.done', output_index: index, item },
  ];
}

/** An item before its content. */
function begun(item: OutputItem): Readonly<Record<string, unknown>> {
  switch (item.type) {
    case 'reasoning':
      return { ...item };
    case 'message':
      return { ...item, content: [], status: 'in_progress' };
    case 'function_call':
      return { ...item, arguments: '', status: 'in_progress' };
    case 'computer_call':
      return { ...item, status: 'in_progress' };
  }
}

function argumentEvents(item: FunctionCallItem, index: number): readonly Unnumbered[] {
  const place = { item_id: item.id, output_index: index };
  return [
    ...pieces(item.arguments).map((delta) => ({ type: 'response.function_call_arguments.delta', ...place, delta })),
    { type: 'response.function_call_arguments.done', ...place, arguments: item.arguments },
  ];
}

function messageEvents(item: MessageItem, index: number): readonly Unnumbered[] {
  return item.content.flatMap((part, contentIndex) => {
    const place = { item_id: item.id, output_index: index, content_index: contentIndex };
    const isText = part.type === 'output_text';
    const whole = isText ? part.text : part.refusal;
    const name = isText ? 'response.output_text' : 'response.refusal';
    const extra = isText ? { ...place, logprobs: [] } : place;
    const delta = (piece: string): Unnumbered => Object.assign({ type: `${name}.delta`, delta: piece }, extra);
    const empty = isText ? { ...part, text: '' } : { ...part, refusal: '' };
    return [
      { type: 'response.content_part.added', ...place, part: empty },
      ...pieces(whole).map(delta),
      { type: `${name}.done`, ...extra, ...(isText ? { text: whole } : { refusal: whole }) },
      { type: 'response.content_part.done', ...place, part },
    ];
  });
}

function pieces(text: string): readonly string[] {
  const found: string[] = [];
  for (let start = 0; start < text.length; start += deltaCharacters)
    found.push(text.slice(start, start + deltaCharacters));
  return found;
}
