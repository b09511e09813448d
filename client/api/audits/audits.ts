/** The reports of audits, as routes and pages share them. */
import type { ComputerUseAudit, TimeoutsAudit } from '../../../workflows/contract/audits/audit-schema.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { heldReport } from './held-report.ts';
import { auditedPage, makeComputerUseAudit, makeTimeoutsAudit, type AuditPage } from './make-audits.ts';

export interface HeldAudits {
  readonly computerUse: () => Promise<ComputerUseAudit>;
  readonly timeouts: () => Promise<TimeoutsAudit>;
  readonly leadMagnets: (page: AuditPage) => ReturnType<typeof auditedPage>;
}

const heldMilliseconds = 60_000;

export function createHeldAudits(dependencies: ApiDependencies): HeldAudits {
  const { now } = dependencies;
  return {
    computerUse: heldReport(heldMilliseconds, now, () => makeComputerUseAudit(dependencies)),
    timeouts: heldReport(heldMilliseconds, now, () => makeTimeoutsAudit(dependencies)),
    leadMagnets: (page) => auditedPage(dependencies, page),
  };
}
