/** Checks the schedule of a delivery when a definition is saved. */
import { CronExpressionParser } from 'cron-parser';
import type { Delivery } from './lead-magnet.ts';
import type { textProblems } from './template-scope.ts';

export function scheduleProblems(delivery: Delivery, path: string): ReturnType<typeof textProblems> {
  if (delivery.schedule === undefined) return [];
  try {
    CronExpressionParser.parse(delivery.schedule.cron, { tz: delivery.schedule.timezone }).next();
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ path: `${path}.schedule`, message: `is not a cron schedule: ${message}` }];
  }
}
