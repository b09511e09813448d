/** How a batch is run. Safe in the workflow sandbox. */

/**
 * `standard`: each item is a call of its own. `economy`: pages of items go to the provider's batch API, which takes up to
 * 24 hours and costs half.
 */
export const batchModes = ['standard', 'economy'] as const;
export type BatchMode = (typeof batchModes)[number];
