/** Which jobs get the version of limits that is being tried: the same job always gets the same answer. */
import { createHash } from 'node:crypto';

/** A number from 0 to 99, evenly spread over jobs and the same at every call. */
export function bucketOf(jobId: string): number {
  return createHash('sha256').update(jobId).digest().readUIntBE(0, 6) % 100;
}

/** `percent` is the share of jobs that are in it, from 0 to 100. */
export function isInCanary(jobId: string, percent: number): boolean {
  return bucketOf(jobId) < percent;
}
