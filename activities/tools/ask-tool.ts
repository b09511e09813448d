/** Asks a model for a tool request, with its progress in the store. */
import { Context } from '@temporalio/activity';
import type { Store } from '../../store/store.ts';
import type { ToolRequestRow } from '../../store/tools/tool-request-row.ts';
import { languageName } from '../../workflows/contract/tools/locale.ts';
import type { ToolInput } from '../../workflows/contract/tools/tool.ts';
import type { ModelRequest } from '../ports.ts';
import { layerClock, type AskingLayer } from './layer-clock.ts';
import { providerAttempt } from './store-outage.ts';
import { callWithin, type LayeredAnswer } from './layered-call.ts';
import type { LayeredCallDependencies } from './attempt.ts';

export interface AskDependencies extends Omit<LayeredCallDependencies, 'ledger'> {
  readonly store: Store;
  /** Of the answers, as a BCP 47 tag; null for the language of the question. */
  readonly locale: string | null;
}

export interface Question {
  readonly layer: AskingLayer;
  /** The part of a layer that asks several models at once. */
  readonly part?: string;
  /** Which attempt this is; that of the activity when left out. */
  readonly attempt?: number;
  readonly model: string;
  /** False where no other model may answer in its place. */
  readonly isReplaceable?: false;
  readonly instructions: string;
  readonly text: string;
  /** As `data:` URLs. */
  readonly images: readonly string[];
  readonly webSearch: ToolInput['use_web_search'];
}

/** How often the number of tokens that have arrived is stored. */
const tokensMilliseconds = 2_000;

/** The sentence that makes a model answer in a language. */
function languageInstruction(locale: string): string {
  const language = `${languageName(locale) ?? locale} (${locale})`;
  return `Answer in ${language}, whatever the language of the question. Code, names and quotations stay as they are.`;
}

/** The ledger's key of a call. */
export function callKey(requestId: string, layer: AskingLayer, part?: string): string {
  return part === undefined ? `${requestId}/${layer}` : `${requestId}/${layer}/${part}`;
}

/** Throws a retryable failure when another attempt fits. */
export async function askTool(
  dependencies: AskDependencies,
  row: ToolRequestRow,
  { layer, part, attempt, model, isReplaceable, instructions, text, images, webSearch }: Question,
): Promise<LayeredAnswer> {
  const { store, now, locale } = dependencies;
  const request: ModelRequest = {
    model,
    ...(isReplaceable === false ? { isReplaceable } : {}),
    instructions: locale === null ? instructions : `${instructions}\n${languageInstruction(locale)}`,
    input: [{ type: 'text', text, ...(images.length === 0 ? {} : { images }) }],
    previousResponseId: null,
    computer: null,
    outputSchema: null,
    reasoningEffort: null,
    maxOutputTokens: null,
    ...(webSearch === true ? { webSearch: 'required' as const } : {}),
    ...(webSearch === 'auto' ? { webSearch: 'allowed' as const } : {}),
  };
  let stored = { at: now(), tokens: 0 };
  const onTokens = async (tokens: number): Promise<void> => {
    if (tokens === stored.tokens || now() - stored.at < tokensMilliseconds) return;
    stored = { at: now(), tokens };
    // Progress is a convenience: a store that is away must not end the attempt.
    await store.toolRequests.progress(row.id, tokens).catch(() => undefined);
  };
  const isOver = async (): Promise<boolean> => (await store.toolRequests.findHead(row.id))?.state === 'ended';
  return callWithin(
    { ...dependencies, ledger: store.ledger },
    {
      clock: layerClock(row, layer, now()),
      attempt: attempt ?? providerAttempt(),
      key: callKey(row.id, layer, part),
      requestId: row.id,
      tool: row.tool,
      request,
      signal: Context.current().cancellationSignal,
      isOver,
      onTokens,
    },
  );
}
