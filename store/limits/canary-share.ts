/** Which jobs get the version of limits that is being tried: the same job always gets the same answer. */
import { createHmac, randomBytes } from 'node:crypto';

/**
 * For a new trial. A job's id follows from a key that its client has chosen: without a secret, clients could choose keys
 * whose jobs are in the trial.
 */
export function newSalt(): string {
  return randomBytes(32).toString('hex');
}

/** A number from 0 to 99, evenly spread over jobs and the same at every call. */
export function bucketOf(jobId: string, salt: string): number {
  return createHmac('sha256', salt).update(jobId).digest().readUIntBE(0, 6) % 100;
}

/** `percent` is the share of jobs that are in it, from 0 to 100. */
export function isInCanary(jobId: string, salt: string, percent: number): boolean {
  return bucketOf(jobId, salt) < percent;
}
