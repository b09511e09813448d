/** A provider's batch API, as economy batches need it: files of requests, batches of them, and files of answers. */
import type { BatchDependencies } from '../ports.ts';
import type { ModelRequest, ModelResponse } from '../../ports.ts';
import type { Store } from '../../../store/store.ts';

/** One request of a file; `customId` comes back with its answer. */
export interface BatchRequestLine {
  readonly customId: string;
  readonly request: ModelRequest;
}

/** One line of an output or error file. */
export interface BatchAnswerLine {
  readonly customId: string;
  /** At the price of the batch API; null for a request that was not answered. */
  readonly response: ModelResponse | null;
  /** Why not; `httpStatus` is null for one that was never made. */
  readonly problem: { readonly code: string; readonly message: string; readonly httpStatus: number | null } | null;
}

/** A batch as the provider has it at the moment. */
export interface ReportedBatch {
  readonly id: string;
  /** `ending`: it is being stopped, or its files are being written; a cancellation would change nothing. */
  readonly status: 'running' | 'ending' | 'completed' | 'failed' | 'expired' | 'cancelled';
  /** Output and error file, as far as they are there. */
  readonly fileIds: readonly string[];
  /** Why it failed as a whole; `line` counts from 1 in the file of requests. */
  readonly problems: readonly { readonly code: string; readonly message: string; readonly line: number | null }[];
  readonly answered: number;
  readonly total: number;
}

/** Every method throws `ApplicationFailure` of a type from the closed list. `key` names a provider batch for all time. */
export interface BatchApi {
  /** Streams the requests into a file and uploads it. Returns the file's id. */
  upload(key: string, lines: AsyncIterable<BatchRequestLine>, signal: AbortSignal): Promise<string>;
  /** The id of a file that was uploaded under a key; null when there is none. */
  findUpload(key: string, signal: AbortSignal): Promise<string | null>;
  /** Takes no signal: a call that is cut off on its way may have made a batch. */
  create(key: string, fileId: string): Promise<ReportedBatch>;
  /** The batch that was created under a key; null when there is none. */
  findBatch(key: string, signal: AbortSignal): Promise<ReportedBatch | null>;
  retrieve(id: string, signal: AbortSignal): Promise<ReportedBatch>;
  cancel(id: string): Promise<void>;
  /** The lines of an output or error file, streamed. `model` gives the price where that of the snapshot is not known. */
  answers(fileId: string, model: string, signal: AbortSignal): AsyncIterable<BatchAnswerLine>;
}

export interface EconomyDependencies extends Omit<
  BatchDependencies,
  'store' | 'model' | 'eventLookup' | 'provider' | 'takeLimits'
> {
  readonly store: Pick<Store, 'batches' | 'batchPartitions' | 'providerBatches' | 'batchWaits' | 'events'>;
  readonly batchApi: BatchApi;
}
