/** What audits and insights read, so that the plans of their statements can be judged. */
import { aiStep, leadMagnet } from '../../definitions.ts';
import type { TestStore } from '../../temporary-store.ts';

const now = new Date('2026-01-01T00:00:00.000Z');

export async function workOnAudit({ leadMagnets, runs, acrossTenants: { audits } }: TestStore): Promise<void> {
  await leadMagnets.save(leadMagnet({ steps: [aiStep('look')] }), now);
  for await (const { tenant, slug } of audits.leadMagnets()) await audits.runsOf({ tenant, slug }, 'ai', now);
  await audits.works(now);
  await audits.coldStarts('computer_use', now);
  await audits.jobsOutOfTime(now);
  const window = { fromMs: now.getTime(), toMs: now.getTime() + 1000, limit: 10 };
  await runs.newest(window);
  await runs.newest({ ...window, of: { kind: 'step', work: 'ai' } });
  await runs.newest({ ...window, leadMagnet: 'website-audit' });
  await runs.ofOwner('job_1', 10);
}
