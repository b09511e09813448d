/** The report of computer use: the share and its path, what the path asks for, and the lead magnets. */
import { html } from 'hono/html';
import type { AuditedLeadMagnet, ComputerUseAudit } from '../../../../workflows/contract/audits/audit-schema.ts';
import { counted } from '../../../../workflows/contract/counted.ts';
import { money } from '../format.ts';
import type { Html } from '../layout.ts';
import { fact } from '../parts.ts';
import { figures, riskFacts } from './audit-parts.ts';

export interface ComputerUseData {
  readonly report: ComputerUseAudit;
  /** One page of them. */
  readonly leadMagnets: readonly AuditedLeadMagnet[];
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
  readonly isFirst: boolean;
}

export function computerUseCards({ report, ...list }: ComputerUseData): Html {
  const { using, leadMagnets, sharePercent, path, advice, runs } = report;
  return html`<section class="card" id="computer-use">
      <h2>Computer use</h2>
      <dl class="facts">
        ${fact('Lead magnets with a browser', `${using} of ${leadMagnets.total}, ${sharePercent} %`)}
        ${fact('Unreadable', leadMagnets.unreadable === 0 ? '' : String(leadMagnets.unreadable))} ${fact('Path', path)}
        ${fact('Runs', String(runs.runs))} ${fact('Used 80 % of their limit', String(runs.reached80))}
        ${riskFacts(report.risk)}
      </dl>
      <p>Path ${path}: ${advice}.</p>
      <ul class="plain jobs">
        ${report.actions.filter(({ isDue }) => isDue).map(actionRow)}
      </ul>
      ${laterActions(report)}
    </section>
    ${list.leadMagnets.length === 0 ? null : listCard(list)}
    ${
      using === 0
        ? null
        : html`<section class="card" id="usage">
            <h2>By tenant</h2>
            ${tenantTable(report)}
            <h2>By display and environment</h2>
            ${displayTable(report)}
          </section>`
    }`;
}

type Action = ComputerUseAudit['actions'][number];

const states = {
  yes: { tone: 'good', word: 'there' },
  no: { tone: 'bad', word: 'missing' },
  unknown: { tone: 'still', word: 'not known' },
} as const;

function actionRow({ action, state, finding, how }: Action): Html {
  const { tone, word } = states[state];
  return html`<li>
    <span class="pill ${tone}">${word}</span> <b>${action}</b>
    <span class="soft details">${finding}${state === 'yes' ? null : html`<br />${how}`}</span>
  </li>`;
}

function laterActions({ actions }: ComputerUseAudit): Html | null {
  const later = actions.filter(({ isDue }) => !isDue);
  if (later.length === 0) return null;
  return html`<details>
    <summary>${counted(later.length, 'action')} of further paths</summary>
    <ul class="plain jobs">
      ${later.map(actionRow)}
    </ul>
  </details>`;
}

function listCard({ leadMagnets, next, isFirst }: Omit<ComputerUseData, 'report'>): Html {
  const rows = leadMagnets.flatMap(({ tenant, slug, runs, steps }) =>
    steps.map(({ step, display, environment, budget, attemptSeconds, attempts }) => [
      `${tenant}/${slug}`,
      step,
      `${display.width} × ${display.height}`,
      environment,
      String(budget.iterations),
      `${budget.seconds} s`,
      budget.usd === null ? '' : money(budget.usd),
      `${attemptSeconds} s`,
      String(attempts ?? 'any number'),
      String(runs),
    ]),
  );
  return html`<section class="card" id="lead-magnets">
    <h2>Lead magnets with a browser</h2>
    ${figures(
      'Lead magnets with a browser',
      [
        ['Lead magnet'],
        ['Step'],
        ['Display'],
        ['Environment'],
        ['Turns', 'number'],
        ['Time', 'number'],
        ['Cost', 'number'],
        ['Attempt', 'number'],
        ['Attempts', 'number'],
        ['Runs', 'number'],
      ],
      rows,
    )}
    <p>
      ${isFirst ? null : html`<a href="/audits#lead-magnets">First page</a>`}
      ${next === null ? null : html`<a href="/audits?${new URLSearchParams({ after: next }).toString()}#lead-magnets">Next page</a>`}
    </p>
  </section>`;
}

function tenantTable({ tenants }: ComputerUseAudit): Html {
  return figures(
    'By tenant',
    [['Tenant'], ['Lead magnets', 'number'], ['With a browser', 'number'], ['Runs', 'number']],
    tenants
      .toSorted((one, other) => other.using - one.using)
      .slice(0, tenantsShown)
      .map(({ tenant, leadMagnets, using, runs }) => [tenant, String(leadMagnets), String(using), String(runs)]),
  );
}

/** Those with the most lead magnets with a browser; the API lists all. */
const tenantsShown = 50;

function displayTable({ displays, environments }: ComputerUseAudit): Html {
  return figures(
    'By display and environment',
    [['Display or environment'], ['Steps', 'number']],
    [
      ...displays.map(({ width, height, steps }) => [`${width} × ${height}`, String(steps)]),
      ...environments.map(({ environment, steps }) => [environment, String(steps)]),
    ],
  );
}
