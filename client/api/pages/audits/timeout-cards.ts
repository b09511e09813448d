/** The report of time-outs: the score, the four scenarios, and what was recorded of each kind of work. */
import { html } from 'hono/html';
import type { TimeoutsAudit } from '../../../../workflows/contract/audits/audit-schema.ts';
import { humanize } from '../format.ts';
import type { Html } from '../layout.ts';
import { fact } from '../parts.ts';
import { figures, levelPill, riskFacts } from './audit-parts.ts';

export function timeoutCards(report: TimeoutsAudit): Html {
  const { risk, jobsOutOfTime, limitsVersions, scenarios } = report;
  return html`<section class="card" id="timeouts">
      <h2>Time-outs</h2>
      <dl class="facts">
        ${riskFacts(risk)} ${fact('Jobs out of time', String(jobsOutOfTime))}
        ${fact('Version of limits', limitsVersions.join(' and '))}
      </dl>
      ${scenarios.map(scenarioRow)}
    </section>
    ${worksCard(report)}`;
}

type Scenario = TimeoutsAudit['scenarios'][number];

const titles: Readonly<Record<Scenario['scenario'], string>> = {
  loop_budget: 'The budget of a loop against the limit of an attempt',
  several_loops: 'Several loops in one job',
  step_limit: 'A step that reaches its limit',
  job_limit: 'The limit of the whole job',
};

function scenarioRow({ scenario, level, finding, impact, mitigation, atRisk }: Scenario): Html {
  return html`<h3>${levelPill(level)} ${titles[scenario]}</h3>
    <p>${finding}.</p>
    ${
      atRisk.length === 0
        ? null
        : html`<ul class="plain">
            ${atRisk.map((at) => html`<li><b>${at.tenant}/${at.slug}</b> <span class="soft">${at.finding}</span></li>`)}
          </ul>`
    }
    <p class="soft">Impact: ${impact}.<br />To do: ${mitigation}.</p>`;
}

function worksCard({ works }: TimeoutsAudit): Html {
  return html`<section class="card" id="works">
    <h2>Recorded runs</h2>
    ${
      works.length === 0
        ? html`<p class="soft">None yet.</p>`
        : figures(
            'Recorded runs',
            [
              ['Work'],
              ['Runs', 'number'],
              ['80 %', 'number'],
              ['90 %', 'number'],
              ['100 %', 'number'],
              ['Attempt', 'number'],
              ['Heartbeat', 'number'],
              ['All attempts', 'number'],
              ['No worker', 'number'],
            ],
            works.map(({ kind, work, runs, reached80, reached90, reached100, timeouts }) => [
              kind === work ? work : `${kind} ${humanize(work)}`,
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
          )
    }
    <p class="soft">
      80, 90 and 100 %: runs that used so much of their limit. Time-outs: of an attempt, of its heartbeat, of all
      attempts, and of waiting for a worker.
    </p>
  </section>`;
}
