/** A response that a provider has begun, and what its stream has brought so far. */
import type { ModelResponse } from '../ports.ts';

/** A response that was started, with its end event when the provider streams it. */
export interface BegunResponse extends ModelResponse {
  readonly stream?: {
    /** Null when the connection broke off first: the response itself may continue. Never rejects. */
    readonly ended: Promise<ModelResponse | null>;
    /** What has arrived so far; left out by an adapter that does not know. */
    readonly received?: () => StreamReceived;
    /** Closes the stream. The response continues at the provider. */
    readonly close: () => void;
  };
}

export interface StreamReceived {
  /** Characters of the answer's text. */
  readonly characters: number;
  /** When the newest event arrived, in milliseconds since the epoch. */
  readonly newestAt: number;
}
