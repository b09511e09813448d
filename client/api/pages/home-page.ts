/** The home page: the forms, and the newest jobs. */
import { html } from 'hono/html';
import type { SavedLeadMagnet } from '../../../store/lead-magnets/lead-magnets.ts';
import type { JobLine } from '../../../workflows/contract/jobs/job-view.ts';
import { page, type Html } from './layout.ts';
import { moment, money, tone, humanize } from './format.ts';

export function homePage(leadMagnets: readonly SavedLeadMagnet[], jobs: readonly JobLine[]): Html {
  return page(
    'Lodestone: jobs',
    html`<section class="head"><h1>Jobs</h1></section>
      <section class="card">
        <h2>Forms</h2>
        ${
          leadMagnets.length === 0
            ? html`<p class="soft">None yet: save one with <code>lodestone lead-magnets apply FILE.yaml</code>.</p>`
            : html`<ul class="plain">
                ${leadMagnets.map(
                  ({ definition, version }) =>
                    html`<li>
                      <a href="/f/${definition.slug}">${definition.name}</a>
                      <span class="soft">version ${version}</span>
                    </li>`,
                )}
              </ul>`
        }
      </section>
      <section class="card">
        <h2>Newest jobs</h2>
        ${
          jobs.length === 0
            ? html`<p class="soft">None yet.</p>`
            : html`<ul class="plain jobs">
                ${jobs.map(jobRow)}
              </ul>`
        }
      </section>`,
  );
}

function jobRow(job: JobLine): Html {
  const state = job.outcome ?? job.state;
  return html`<li class="row">
    <span class="pill ${tone(state)}">${humanize(state)}</span>
    <a href="/jobs/${job.id}">${job.leadMagnet.name}</a>
    <span class="soft">${moment(job.submittedAt)} · ${money(job.costUsd)}</span>
  </li>`;
}
