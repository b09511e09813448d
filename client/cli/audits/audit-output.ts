/** Reports of audits as tables for people. */
import { counted } from '../../../workflows/contract/counted.ts';
import type { components } from '../../openapi/types.d.ts';

type Schemas = components['schemas'];
export type AuditedLeadMagnet = Schemas['AuditedLeadMagnet'];
type ComputerUseAudit = Schemas['ComputerUseAudit'];
type TimeoutsAudit = Schemas['TimeoutsAudit'];

export function computerUseText(report: ComputerUseAudit, using: readonly AuditedLeadMagnet[]): string {
  const { total, unreadable } = report.leadMagnets;
  const rows = using.flatMap(({ tenant, slug, runs, steps }) =>
    steps.map(({ step, display, environment, budget, attemptSeconds, attempts }) => [
      tenant,
      slug,
      step,
      `${display.width}x${display.height}`,
      environment,
      `${budget.iterations} turns, ${budget.seconds} s${budget.usd === null ? '' : `, $${budget.usd}`}`,
      `${attemptSeconds} s x ${attempts ?? 'any'}`,
      String(runs),
    ]),
  );
  return lines(
    `${report.using} of ${counted(total, 'lead magnet')} use a browser: ${report.sharePercent} %`,
    unreadable > 0 ? `${counted(unreadable, 'lead magnet')} cannot be read and are not counted` : null,
    ...(rows.length === 0 ? [] : ['', ...table([leadMagnetColumns, ...rows])]),
    '',
    ...table([
      ['TENANT', 'LEAD MAGNETS', 'WITH BROWSER', 'RUNS'],
      ...report.tenants.map((row) => [row.tenant, `${row.leadMagnets}`, `${row.using}`, `${row.runs}`]),
    ]),
    '',
    `Path ${report.path}: ${report.advice}`,
    ...report.actions.flatMap(({ path, isDue, action, state, finding, how }) => [
      `  ${marks[state]} ${path}  ${action}${isDue ? '' : ' (not asked for on this path)'}: ${finding}`,
      ...(isDue && state !== 'yes' ? [`       ${how}`] : []),
    ]),
    '',
    ...riskLines(report),
  );
}

const leadMagnetColumns = ['TENANT', 'LEAD MAGNET', 'STEP', 'DISPLAY', 'ENVIRONMENT', 'BUDGET', 'ATTEMPT', 'RUNS'];
const marks = { yes: '[yes]', no: '[no] ', unknown: '[?]  ' } as const;

export function timeoutsText(report: TimeoutsAudit): string {
  return lines(
    ...riskLines(report),
    '',
    ...report.scenarios.flatMap(({ scenario, level, finding, impact, mitigation, atRisk }) => [
      `Risk ${scenario}: ${level}`,
      `  ${finding}`,
      ...atRisk.map((at) => `    ${at.tenant}/${at.slug}: ${at.finding}`),
      `  impact: ${impact}`,
      `  mitigation: ${mitigation}`,
    ]),
    '',
    ...table([
      ['WORK', 'RUNS', '80 %', '90 %', '100 %', 'ATTEMPT', 'HEARTBEAT', 'ALL ATTEMPTS', 'NO WORKER'],
      ...report.works.map(({ kind, work, runs, reached80, reached90, reached100, timeouts }) => [
        kind === work ? work : `${kind} ${work}`,
        ...[
          runs,
          reached80,
          reached90,
          reached100,
          timeouts.timeout_start_to_close,
          timeouts.timeout_heartbeat,
          timeouts.timeout_schedule_to_close,
          timeouts.timeout_schedule_to_start,
        ].map(String),
      ]),
    ]),
  );
}

function riskLines({ risk, since, limitsVersions }: ComputerUseAudit | TimeoutsAudit): readonly string[] {
  const points = risk.parts.filter((part) => part.points > 0);
  return [
    `Risk of time-outs: ${risk.score} of 100`,
    ...points.map(({ part, points: given, most }) => `  ${part}: ${given} of ${most}`),
    `Runs since ${since}; limits of version ${limitsVersions.join(' and ')}.`,
  ];
}

/** Columns as wide as their longest cell. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function lines(...all: readonly (string | null)[]): string {
  return `${all.filter((line) => line !== null).join('\n')}\n`;
}
