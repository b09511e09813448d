/** The provider's batch API as economy batches use it: upload a file of requests, create a batch of it, read its answers. */
import type { BatchDependencies } from '../ports.ts';
import type { ModelRequest, ModelResponse } from '../../ports.ts';
import type { Store } from '../../../store/store.ts';

/** One request of a file; the provider returns `customId` with the answer. */
export interface BatchRequestLine {
  readonly customId: string;
  readonly request: ModelRequest;
}

/** One line of an output or error file. */
export interface BatchAnswerLine {
  readonly customId: string;
  /** Costs are at the batch API's price; null when the request was not answered. */
  readonly response: ModelResponse | null;
  /** Why the request was not answered; `httpStatus` is null when the provider never ran it. */
  readonly problem: { readonly code: string; readonly message: string; readonly httpStatus: number | null } | null;
}

/** A batch as the provider reports it now. */
export interface ReportedBatch {
  readonly id: string;
  /** `ending`: the provider is cancelling it or writing its files, so a cancellation has no effect any more. */
  readonly status: 'running' | 'ending' | 'completed' | 'failed' | 'expired' | 'cancelled';
  /** Output file and error file, if they exist yet. */
  readonly fileIds: readonly string[];
  /** Why the whole batch failed; `line` is the line in the file of requests, from 1. */
  readonly problems: readonly { readonly code: string; readonly message: string; readonly line: number | null }[];
  readonly answered: number;
  readonly total: number;
}

/** Every method throws `ApplicationFailure` of a type from the closed list. `key` identifies a provider batch and never changes. */
export interface BatchApi {
  /** Streams the requests into a file and uploads it. Returns the file's id. */
  upload(key: string, lines: AsyncIterable<BatchRequestLine>, signal: AbortSignal): Promise<string>;
  /** The id of the file that was uploaded with a key; null when there is none. */
  findUpload(key: string, signal: AbortSignal): Promise<string | null>;
  /** Takes no signal: an aborted call may still have created a batch. */
  create(key: string, fileId: string): Promise<ReportedBatch>;
  /** The batch that was created with a key; null when there is none. */
  findBatch(key: string, signal: AbortSignal): Promise<ReportedBatch | null>;
  retrieve(id: string, signal: AbortSignal): Promise<ReportedBatch>;
  cancel(id: string): Promise<void>;
  /** Streams the lines of an output or error file. `model` is used for the price when the answering snapshot has none. */
  answers(fileId: string, model: string, signal: AbortSignal): AsyncIterable<BatchAnswerLine>;
}

export interface EconomyDependencies extends Omit<
  BatchDependencies,
  'store' | 'model' | 'eventLookup' | 'limiterKey' | 'takeLimits'
> {
  readonly store: Pick<Store, 'batches' | 'batchPartitions' | 'providerBatches' | 'batchWaits' | 'events'>;
  readonly batchApi: BatchApi;
  /** Why a model has no batch API; null when it has one. */
  readonly batchProblemOf: (model: string) => string | null;
}
