/**
 * Reads a chat completion as a stream, within limits of time: until it begins, of silence between two chunks, and of the whole.
 * A stream must end with a finish reason; one that ends without it was cut short.
 */
import { z } from 'zod';
import { boundedList } from '../bounded-list.ts';
import type { StreamReceived } from '../model-port.ts';
import { AnswerSilent, AnswerTooLate } from '../openai-errors.ts';

/** The most items of a list in a chunk: each is parsed on the event loop. */
const mostItems = 128;

// Provider data is parsed leniently: only the fields that are used, and unknown ones pass.
const UsageSchema = z.object({
  prompt_tokens: z.number(),
  completion_tokens: z.number(),
  prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
  // Kimi's place for it: https://platform.kimi.ai/docs/api/chat.
  cached_tokens: z.number().nullish(),
});
const CallSchema = z.object({
  index: z.number().int().min(0).max(127).nullish(),
  id: z.string().nullish(),
  type: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
/** What a chunk, or a completion in one piece, says. */
const PartSchema = z.object({
  content: z.string().nullish(),
  refusal: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: boundedList(CallSchema, mostItems).nullish(),
});
const ChunkSchema = z.object({
  id: z.string().nullish(),
  model: z.string().nullish(),
  usage: UsageSchema.nullish(),
  choices: boundedList(
    z.object({
      index: z.number().nullish(),
      delta: PartSchema.nullish(),
      // Of a completion in one piece.
      message: PartSchema.nullish(),
      finish_reason: z.string().nullish(),
      // Kimi may send the usage here.
      usage: UsageSchema.nullish(),
    }),
    mostItems,
  ).nullish(),
});
type Chunk = z.infer<typeof ChunkSchema>;

export interface ChatToolCall {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ChatUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

/** What a stream brought, once it has ended in order. */
export interface ChatAnswer {
  readonly id: string | null;
  readonly model: string | null;
  readonly text: string;
  readonly refusal: string | null;
  /** The model's thoughts, which some providers want back with the calls that they led to. */
  readonly reasoning: string;
  readonly toolCalls: readonly ChatToolCall[];
  readonly finishReason: string;
  /** Null when the provider reported none. */
  readonly usage: ChatUsage | null;
}

export interface StreamLimits {
  /** Until the provider begins to answer. */
  readonly firstMilliseconds: number;
  /** Until the end, once it has begun. */
  readonly wholeMilliseconds: number;
  readonly silenceMilliseconds: number;
  readonly signal: AbortSignal | undefined;
  readonly onReceived?: ((received: StreamReceived) => void) | undefined;
}

/**
 * Reads the stream that `open` begins. Its signal closes the connection. Throws `AnswerTooLate` at a limit, a SyntaxError
 * for a stream that was cut short, the caller's reason when its signal is aborted, and what `open` throws.
 */
export async function readChat(
  open: (signal: AbortSignal) => Promise<AsyncIterable<unknown>>,
  limits: StreamLimits,
): Promise<ChatAnswer> {
  const { signal, onReceived } = limits;
  const cut = new AbortController();
  const timers = new StreamTimers(limits, (reason) => cut.abort(reason));
  const leave = (): void => cut.abort(signal?.reason);
  signal?.addEventListener('abort', leave, { once: true });
  if (signal?.aborted === true) leave();
  const collected = new Collected();
  try {
    const chunks = await open(cut.signal);
    timers.begun();
    for await (const raw of chunks) {
      timers.heard();
      collected.add(ChunkSchema.parse(raw));
      onReceived?.({ characters: collected.text.length, newestAt: Date.now() });
    }
    // The package ends an aborted stream without an error.
    cut.signal.throwIfAborted();
    return collected.answer();
  } catch (error) {
    cut.signal.throwIfAborted();
    if (error instanceof z.ZodError) throw new SyntaxError(z.prettifyError(error).slice(0, 300), { cause: error });
    throw error;
  } finally {
    timers.stop();
    signal?.removeEventListener('abort', leave);
  }
}

/** The limits of time of a stream: of its beginning, of silence, and of the whole. */
class StreamTimers {
  private readonly limits: StreamLimits;
  private readonly cut: (reason: AnswerTooLate) => void;
  private readonly began = Date.now();
  private end: NodeJS.Timeout;
  private silence: NodeJS.Timeout | undefined;

  constructor(limits: StreamLimits, cut: (reason: AnswerTooLate) => void) {
    this.limits = limits;
    this.cut = cut;
    this.end = this.endAfter(limits.firstMilliseconds);
  }

  /** The provider has begun to answer. */
  begun(): void {
    const { wholeMilliseconds, silenceMilliseconds } = this.limits;
    clearTimeout(this.end);
    this.end = this.endAfter(wholeMilliseconds);
    const message = `the model provider sent nothing for ${silenceMilliseconds / 1000} s`;
    this.silence = setTimeout(() => this.cut(new AnswerSilent(message)), silenceMilliseconds);
  }

  heard(): void {
    this.silence?.refresh();
  }

  stop(): void {
    clearTimeout(this.end);
    clearTimeout(this.silence);
  }

  private endAfter(milliseconds: number): NodeJS.Timeout {
    const message = `the model provider did not answer within ${milliseconds / 1000} s`;
    const left = Math.max(1, this.began + milliseconds - Date.now());
    return setTimeout(() => this.cut(new AnswerTooLate(message)), left);
  }
}

class Collected {
  text = '';
  private refusal = '';
  private reasoning = '';
  private readonly calls = new Map<number, { id: string; type: string; name: string; arguments: string }>();
  private id: string | null = null;
  private model: string | null = null;
  private finishReason: string | null = null;
  private usage: ChatUsage | null = null;

  add({ id, model, usage, choices }: Chunk): void {
    this.id ??= id ?? null;
    this.model ??= model ?? null;
    const choice = choices?.find(({ index }) => (index ?? 0) === 0);
    const counted = usage ?? choice?.usage;
    if (counted !== null && counted !== undefined) this.usage = toUsage(counted);
    this.finishReason = choice?.finish_reason ?? this.finishReason;
    const part = choice?.delta ?? choice?.message;
    this.text += part?.content ?? '';
    this.refusal += part?.refusal ?? '';
    this.reasoning += part?.reasoning_content ?? '';
    for (const call of part?.tool_calls ?? []) this.addCall(call);
  }

  answer(): ChatAnswer {
    const { id, model, text, refusal, reasoning, calls, finishReason, usage } = this;
    if (finishReason === null) throw new SyntaxError('the stream ended without a finish reason');
    return {
      id,
      model,
      text,
      refusal: refusal === '' ? null : refusal,
      reasoning,
      toolCalls: [...calls.values()],
      finishReason,
      usage,
    };
  }

  private addCall({ index, id, type, function: part }: z.infer<typeof CallSchema>): void {
    const at = index ?? this.calls.size;
    const call = this.calls.get(at) ?? { id: '', type: 'function', name: '', arguments: '' };
    this.calls.set(at, {
      id: call.id === '' ? (id ?? '') : call.id,
      type: type ?? call.type,
      name: call.name + (part?.name ?? ''),
      arguments: call.arguments + (part?.arguments ?? ''),
    });
  }
}

function toUsage(usage: z.infer<typeof UsageSchema>): ChatUsage {
  return {
    inputTokens: usage.prompt_tokens,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? usage.cached_tokens ?? 0,
    outputTokens: usage.completion_tokens,
  };
}
