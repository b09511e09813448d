/** Makes the reports of audits: goes over all lead magnets and what was recorded, and hands it to the pure parts of the contract. */
import type { AcrossTenants } from '../../../store/across-tenants.ts';
import type { LeadMagnetName } from '../../../store/audits/newest-lead-magnets.ts';
import { processOf } from '../../../store/platform/worker-beats.ts';
import type {
  AuditedLeadMagnet,
  ComputerUseAudit,
  TimeoutsAudit,
} from '../../../workflows/contract/audits/audit-schema.ts';
import { emptyTally, withLeadMagnet } from '../../../workflows/contract/audits/risk-tally.ts';
import { isComputerUse, timeoutsAudit } from '../../../workflows/contract/audits/timeouts-audit.ts';
import { auditedSteps, computerUseAudit, UsageCounter } from '../../../workflows/contract/audits/usage-audit.ts';

export const auditDays = 30;
const loopKind = 'computer_use';

export interface AuditSources {
  readonly acrossTenants: Pick<AcrossTenants, 'audits' | 'workerBeats'>;
  readonly now: () => Date;
  readonly apiExportsMetrics: boolean;
}

export async function makeTimeoutsAudit({ acrossTenants: { audits }, now }: AuditSources): Promise<TimeoutsAudit> {
  const at = now();
  const since = auditedSince(at);
  const versions = await audits.limitsInUse();
  const overrides = versions.map((version) => version.overrides);
  const leadMagnets = { total: 0, unreadable: 0 };
  let tally = emptyTally;
  for await (const { tenant, definition } of audits.leadMagnets()) {
    leadMagnets.total += 1;
    if (definition === null) leadMagnets.unreadable += 1;
    else tally = withLeadMagnet(tally, { tenant, definition }, overrides);
  }
  return timeoutsAudit({
    at: at.toISOString(),
    since: since.toISOString(),
    leadMagnets,
    limitsVersions: versions.map(({ version }) => version),
    jobsOutOfTime: await audits.jobsOutOfTime(since),
    works: await audits.works(since),
    tally,
  });
}

export async function makeComputerUseAudit(sources: AuditSources): Promise<ComputerUseAudit> {
  const { acrossTenants, now, apiExportsMetrics } = sources;
  const { audits, workerBeats } = acrossTenants;
  const at = now();
  const since = auditedSince(at);
  const versions = await audits.limitsInUse();
  const overrides = versions.map((version) => version.overrides);
  const leadMagnets = { total: 0, unreadable: 0 };
  const usage = new UsageCounter();
  let risks = emptyTally;
  for await (const { tenant, slug, definition } of audits.leadMagnets()) {
    leadMagnets.total += 1;
    if (definition === null) {
      leadMagnets.unreadable += 1;
      continue;
    }
    const steps = auditedSteps(definition, overrides[0]);
    const runs = steps.length === 0 ? 0 : await audits.runsOf({ tenant, slug }, loopKind, since);
    usage.add(tenant, steps, runs);
    if (steps.length > 0) risks = withLeadMagnet(risks, { tenant, definition }, overrides);
  }
  const { cold, warm } = await audits.coldStarts(loopKind, since);
  const workers = await workerBeats.list(at);
  return computerUseAudit({
    at: at.toISOString(),
    since: since.toISOString(),
    leadMagnets,
    limitsVersions: versions.map(({ version }) => version),
    usage,
    risks,
    works: (await audits.works(since)).filter(isComputerUse),
    workers: workers.map((worker) => ({ ...worker, process: processOf(worker) })),
    apiExportsMetrics,
    coldStarts: cold,
    warmStarts: warm,
  });
}

/** Where a page of lead magnets begins, and how many it has. */
export interface AuditPage {
  readonly after: LeadMagnetName | undefined;
  readonly limit: number;
}

/** Lead magnets with computer use, in the order of tenants and slugs; `next` is null on the last page. */
export async function auditedPage(
  { acrossTenants: { audits }, now }: AuditSources,
  { after, limit }: AuditPage,
): Promise<{ readonly leadMagnets: readonly AuditedLeadMagnet[]; readonly next: LeadMagnetName | null }> {
  const since = auditedSince(now());
  const [stable] = await audits.limitsInUse();
  const found: AuditedLeadMagnet[] = [];
  for await (const { tenant, slug, version, definition } of audits.leadMagnets(after)) {
    const steps = definition === null ? [] : auditedSteps(definition, stable?.overrides);
    if (definition === null || steps.length === 0) continue;
    const last = found.at(-1);
    // One more than the page has: another page follows.
    if (found.length === limit && last !== undefined) return { leadMagnets: found, next: last };
    const runs = await audits.runsOf({ tenant, slug }, loopKind, since);
    found.push({ tenant, slug, name: definition.name, version, runs, steps });
  }
  return { leadMagnets: found, next: null };
}

function auditedSince(at: Date): Date {
  return new Date(at.getTime() - auditDays * 24 * 3_600_000);
}
