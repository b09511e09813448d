/** Activities that do nothing, a number of them in parallel: the time of the server's transitions alone. */
import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({ startToCloseTimeout: '1 minute' });

export async function bareActivities(count: number, parallel: number): Promise<void> {
  let left = count;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await nothing();
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}
