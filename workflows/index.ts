/** What a worker serves. */
export { leadMagnetJob } from './lead-magnet-job.ts';
