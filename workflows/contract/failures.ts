/**
 * The closed list of `ApplicationFailure` types. A failure's type decides whether it is retried and what people read;
 * one classifier per provider maps foreign errors to it. Safe in the workflow sandbox.
 */
export const failureTypes = [
  /** The provider refused the credentials (401, 403). */
  'provider_authentication',
  /** The provider's account has no money left (429 `insufficient_quota`). */
  'provider_quota',
  /** Too many requests; carries the provider's own delay when it names one. */
  'provider_rate_limit',
  /** 5xx, a reset connection, a truncated body, a call that took too long. */
  'provider_unavailable',
  /** 400, 404, 422: a retry cannot help. */
  'provider_request',
  /** The model declined to answer. */
  'model_refusal',
  /** The answer was cut off (`incomplete`) or does not fit the step's schema. A retry would fetch the same answer. */
  'model_answer',
  /** A template, a secret or a setting that the step names does not exist. */
  'step_definition',
  /** The network policy forbids a URL, a redirect or an address. */
  'egress_refused',
  /** The browser could not be started or died more often than the step's attempts allow. */
  'browser',
  /**
   * A webhook's receiver answered with a 4xx that a retry cannot fix or with a redirect, or a mail server with a 5xx.
   */
  'receiver_refused',
  /** A webhook's receiver or a mail server could not be reached, or answered 5xx, 408, 409, 425 or 429. */
  'receiver_unavailable',
  /** A worker's sandbox for generated code does not start; another worker may have one that does. */
  'sandbox',
  /** The store reported an error; the ledger says whether the effect happened. */
  'store',
  /** An effect may or may not have happened, and its receiver cannot recognise a repeat: a person decides. */
  'effect_uncertain',
] as const;
export type FailureType = (typeof failureTypes)[number];

/** Types that Temporal's retry policy must not retry, whatever the step's limits say. */
export const nonRetryableFailureTypes: readonly FailureType[] = [
  'provider_authentication',
  'provider_quota',
  'provider_request',
  'model_refusal',
  'model_answer',
  'step_definition',
  'egress_refused',
  'receiver_refused',
  'effect_uncertain',
];

/** Why a step or a job ended without success. */
export const reasonTypes = [
  ...failureTypes,
  'iteration_limit',
  'time_limit',
  'budget',
  /** Generated code failed: its error, a forbidden import, a limit of memory or output, a crash, or a value that does not fit. */
  'code',
  'blocked',
  'needs_person',
  'approval_expired',
  'timeout_start_to_close',
  'timeout_heartbeat',
  'timeout_schedule_to_close',
  'timeout_schedule_to_start',
  'job_time_limit',
  'cancelled',
  'dependency',
  'unexpected',
] as const;
export type ReasonType = (typeof reasonTypes)[number];

/** A reason as people and programs read it. `message` is one sentence and never becomes content of a deliverable. */
export interface Reason {
  readonly type: ReasonType;
  readonly message: string;
}
