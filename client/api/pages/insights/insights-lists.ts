/** The lists and tables of the page of insights: findings, groups, recommendations, runs. */
import { html } from 'hono/html';
import { counted } from '../../../../workflows/contract/counted.ts';
import type { Analysis, GroupAnalysis } from '../../../../workflows/contract/insights/analysis.ts';
import { pageOf, type Finding, type FindingLevel } from '../../../../workflows/contract/insights/findings.ts';
import type { KindRecommendation } from '../../../../workflows/contract/insights/recommend-limits.ts';
import type { Run } from '../../../../workflows/contract/runs/run.ts';
import { duration, humanize, moment, money, size } from '../format.ts';
import type { Html } from '../layout.ts';
import { pill } from '../parts.ts';

const tones: Readonly<Record<FindingLevel, 'bad' | 'busy' | 'still'>> = {
  critical: 'bad',
  warning: 'busy',
  info: 'still',
};

export function findingList({ findings, findingsLeftOut }: Analysis, tenant: string): Html {
  if (findings.length === 0) return html`<p class="soft">No findings: no cause was seen in three or more runs.</p>`;
  return html`<ul class="plain findings">
      ${findings.map((finding) => findingItem(finding, tenant))}
    </ul>
    ${findingsLeftOut === 0 ? null : html`<p class="soft">${counted(findingsLeftOut, 'more finding')}.</p>`}`;
}

function findingItem({ cause, level, about, evidence, advice, examples }: Finding, tenant: string): Html {
  // Pages show what belongs to their own tenant.
  const own = examples.filter((example) => example.tenant === tenant);
  return html`<li>
    <p><span class="pill ${tones[level]}">${level}</span> <b>${humanize(cause)}</b>: ${about}</p>
    <p>${evidence}.</p>
    <p class="soft">${advice}</p>
    ${
      own.length === 0
        ? null
        : html`<p>
            ${own.map((example) => html`<a href="${pageOf(example)}">${duration(example.durationMs)}</a> `)}
            <span class="soft">(runs that show it)</span>
          </p>`
    }
  </li>`;
}

export function groupTable({ groups, groupsLeftOut }: Analysis): Html {
  if (groups.length === 0) return html`<p class="soft">No run has ended in this window.</p>`;
  return html`<div class="sheet">
      <table class="figures">
        <thead>
          <tr>
            <th></th>
            <th>Runs</th>
            <th>Above 60 s</th>
            <th>Mean</th>
            <th>p50</th>
            <th>p95</th>
            <th>p99</th>
            <th>Max</th>
            <th>Failed</th>
            <th>Memory p95</th>
            <th>Cold starts</th>
            <th>Cost</th>
            <th>Most time</th>
          </tr>
        </thead>
        <tbody>
          ${groups.map(groupRow)}
        </tbody>
      </table>
    </div>
    ${groupsLeftOut === 0 ? null : html`<p class="soft">${counted(groupsLeftOut, 'more group')}.</p>`}`;
}

function groupRow(group: GroupAnalysis): Html {
  const { name, runs, aboveMinute, durationMs: time, outcomes, memoryPeakBytes, coldStarts, warmStarts } = group;
  const failed = (outcomes['failed'] ?? 0) + (outcomes['timed_out'] ?? 0);
  const [largest] = group.timeByPart;
  const starts = coldStarts + warmStarts === 0 ? '' : `${coldStarts} of ${coldStarts + warmStarts}`;
  const cells = [
    String(runs),
    String(aboveMinute),
    duration(Math.round(time.mean)),
    duration(time.p50),
    duration(time.p95),
    duration(time.p99),
    duration(time.max),
    failed === 0 ? '' : `${failed} (${Math.round((100 * failed) / runs)} %)`,
    memoryPeakBytes.count === 0 ? '' : size(memoryPeakBytes.p95),
    starts,
    group.costMicroUsd.sum === 0 ? '' : money(group.costMicroUsd.sum / 1e6),
    largest === undefined ? '' : `${largest.part}, ${Math.round(largest.share * 100)} %`,
  ];
  return html`<tr>
    <th scope="row">${name}</th>
    ${cells.map((cell) => html`<td>${cell}</td>`)}
  </tr>`;
}

export function recommendationTable(kinds: readonly KindRecommendation[]): Html {
  return html`<div class="sheet">
    <table class="figures">
      <thead>
        <tr>
          <th>Kind</th>
          <th>Runs</th>
          <th>Change</th>
          <th class="text">Why</th>
        </tr>
      </thead>
      <tbody>
        ${kinds.map(
          ({ kind, runs, changes, why }) =>
            html`<tr>
              <th scope="row">${humanize(kind)}</th>
              <td>${runs}</td>
              <td>${changeText(Object.entries(changes[kind] ?? {}))}</td>
              <td class="text">${why}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function changeText(limits: readonly (readonly [string, unknown])[]): string {
  return limits.map(([limit, value]) => `${limit} ${String(value)}`).join(', ');
}

export function runTable(runs: readonly Run[]): Html {
  if (runs.length === 0) return html`<p class="soft">No run has ended in this window.</p>`;
  return html`<div class="sheet">
    <table class="figures">
      <thead>
        <tr>
          <th>Run</th>
          <th>Ended</th>
          <th>Outcome</th>
          <th>Duration</th>
          <th>Waited</th>
          <th>Attempts</th>
          <th>Limits</th>
          <th>Cost</th>
        </tr>
      </thead>
      <tbody>
        ${runs.map(
          (run) =>
            html`<tr>
              <th scope="row">
                <a href="${pageOf(run)}">${humanize(run.work)}${run.partId === null ? '' : ` ${run.partId}`}</a>
              </th>
              <td>${moment(new Date(run.endedMs).toISOString())}</td>
              <td>
                ${pill(run.outcome)}
                ${run.reason === null ? null : html`<span class="soft">${humanize(run.reason)}</span>`}
              </td>
              <td>${duration(run.endedMs - run.queuedMs)}</td>
              <td>${run.times === null ? '' : duration(run.times.queue)}</td>
              <td>${run.attempts}</td>
              <td>${run.limitsVersion === 0 ? 'built in' : `version ${run.limitsVersion}`}</td>
              <td>${run.costMicroUsd === 0 ? '' : money(run.costMicroUsd / 1e6)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
