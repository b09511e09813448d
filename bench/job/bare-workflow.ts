/** A job of four calls on Temporal alone: the baseline for ours. */
import { proxyActivities } from '@temporalio/workflow';
import type { BareActivities } from './bare-activities.ts';

const { think, callWebhook } = proxyActivities<BareActivities>({ startToCloseTimeout: '1 minute' });

export async function bareJob(): Promise<void> {
  const found = await Promise.all([think('the prices'), think('the contact details')]);
  const summary = await think(found.join(' '));
  await callWebhook(summary);
}
