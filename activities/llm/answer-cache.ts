/**
 * The answers of AI steps with `cache: 24h`, by the hash of the whole request. An AI step has no tools, so its answer is all that
 * it does. Equal requests at the same time are both asked: waiting for one another would save little and could hang.
 */
import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { ContentProblem } from '../../store/artifacts/contents.ts';
import type { Store } from '../../store/store.ts';
import { durationSeconds } from '../../workflows/contract/duration.ts';
import type { JsonValue } from '../../workflows/contract/json/json.ts';
import { readJson } from '../../workflows/contract/json/json-text.ts';
import { measureCache } from '../cache-metrics.ts';
import type { ModelRequest, ModelResponse } from '../ports.ts';
import type { AttemptRecord } from '../records/attempt-record.ts';

export interface AnswerCache {
  /** A kept answer; null when there is none. `call` is the key of the step's own first call. */
  find(call: string): Promise<{ readonly value: JsonValue } | null>;
  /** Keeps the answer, together with the end of its step. */
  keep(answer: Pick<ModelResponse, 'model'>, sha256: string, later: AttemptRecord['later']): void;
}

/** Changed when answers to the same request would no longer be taken the same way. */
const form = 2;

/** Null for a step without a cache. `endpoint` says where the request goes. */
export function answerCache(
  store: Store,
  request: ModelRequest,
  { endpoint, lifetime }: { readonly endpoint: string; readonly lifetime: string | undefined },
): AnswerCache | null {
  if (lifetime === undefined) return null;
  const milliseconds = durationSeconds(lifetime) * 1000;
  const key = keyOf(request, endpoint);
  return {
    async find(call) {
      // A call of this step that an earlier attempt began is waited for: it is paid, and its cost belongs to the job.
      if ((await store.ledger.find(call)) !== null) return null;
      const now = new Date();
      const sha256 = await store.keptAnswers.find(key, new Date(now.getTime() - milliseconds), now);
      const content = sha256 === null ? null : await contentOf(store, sha256);
      measureCache(Context.current().metricMeter, 'ai_answers', content !== null);
      return content === null ? null : { value: readJson(content.toString('utf8')) };
    },
    keep({ model }, sha256, later) {
      // Another model has answered in the place of the requested one.
      if (model !== undefined) return;
      const now = new Date();
      const expiresAt = new Date(now.getTime() + milliseconds);
      later((parts) => parts.keptAnswers.keep({ key, sha256, now, expiresAt }));
    },
  };
}

function keyOf(request: ModelRequest, endpoint: string): string {
  const { model, instructions, input, outputSchema, reasoningEffort, maxOutputTokens } = request;
  const whole = [form, endpoint, model, instructions, input, outputSchema, reasoningEffort, maxOutputTokens];
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex');
}

/** Null when it is missing or damaged: the model is asked then. */
async function contentOf({ artifacts }: Store, sha256: string): Promise<Buffer | null> {
  try {
    return await artifacts.getContent(sha256);
  } catch (error) {
    if (error instanceof ContentProblem) return null;
    throw error;
  }
}
