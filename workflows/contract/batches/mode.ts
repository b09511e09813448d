/** The ways to run a batch. Safe in the workflow sandbox. */

/**
 * `standard`: one call for each item. `economy`: files of items are submitted to the provider's batch API, which takes up to
 * 24 hours and costs half.
 */
export const batchModes = ['standard', 'economy'] as const;
export type BatchMode = (typeof batchModes)[number];
