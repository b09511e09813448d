/** The page of limits: the trial under way with its figures, the proposal that waits, the history, and who changed what. */
import { html } from 'hono/html';
import type { MeasureEvidence, CanaryVerdict } from '../../../../workflows/contract/limits/canary/verdict.ts';
import { limitDifferences, type LimitsByKind } from '../../../../workflows/contract/limits/limits-version.ts';
import type {
  LimitsAuditEntry,
  LimitsProposal,
  LimitsRollout,
  LimitsVersion,
} from '../../../../workflows/contract/limits/limits-schema.ts';
import { duration, humanize, moment, money } from '../format.ts';
import { page, type Html } from '../layout.ts';
import { fact } from '../parts.ts';
import { proposalCard } from './proposal-card.ts';

export interface LimitsPageData {
  readonly rollout: LimitsRollout;
  /** Of the version in force. */
  readonly overrides: LimitsByKind;
  /** Newest first. */
  readonly versions: readonly LimitsVersion[];
  readonly proposals: readonly LimitsProposal[];
  readonly audit: readonly LimitsAuditEntry[];
  /** Of the trial under way. */
  readonly verdict: CanaryVerdict | null;
}

export function limitsPage(data: LimitsPageData): Html {
  const { rollout, versions, proposals, audit, verdict } = data;
  const inForce = rollout.stable === 0 ? 'the built-in table' : `version ${rollout.stable}`;
  const open = proposals.find(({ state }) => state === 'open');
  const others = proposals.filter((proposal) => proposal !== open);
  return page(
    'Lodestone: limits',
    html`<section class="head">
        <h1>Limits</h1>
        <p class="soft">New jobs get ${inForce}. A job keeps the version that it was accepted with.</p>
      </section>
      ${rollout.candidate === null ? null : trial(rollout, verdict)}
      ${open === undefined ? null : proposalCard(open, data.overrides)}
      <section class="card" id="versions">
        <h2>Versions</h2>
        ${versions.length === 0 ? html`<p class="soft">There is only the built-in table, version 0.</p>` : null}
        <ul class="plain">
          ${versions.map((version) => versionRow(version, rollout))}
        </ul>
        ${rollout.candidate === null && rollout.stable !== 0 ? rollback('Back to the version before', rollout) : null}
      </section>
      ${
        others.length === 0
          ? null
          : html`<section class="card" id="proposals">
              <h2>Earlier proposals</h2>
              <ul class="plain">
                ${others.map(proposalRow)}
              </ul>
            </section>`
      }
      <section class="card" id="audit">
        <h2>Who changed what</h2>
        ${audit.length === 0 ? html`<p class="soft">Nothing was changed yet.</p>` : null}
        <ul class="plain">
          ${audit.map(auditRow)}
        </ul>
      </section>`,
  );
}

function trial(rollout: LimitsRollout, verdict: CanaryVerdict | null): Html {
  const { candidate, stable, percent, beganAt } = rollout;
  const evidence = verdict?.evidence ?? null;
  return html`<section class="card" id="trial">
    <h2>Version ${candidate} is being tried <span class="pill busy">${percent} % of new jobs</span></h2>
    <p class="soft">Since ${moment(beganAt)}, against ${stable === 0 ? 'the built-in table' : `version ${stable}`}.</p>
    ${verdict === null ? null : html`<p>${verdict.reason}</p>`}
    <dl class="facts">
      ${fact('Runs of the trial', verdict === null ? '' : runsText(verdict.runs.canary))}
      ${fact('Runs against it', verdict === null ? '' : runsText(verdict.runs.control))}
      ${
        evidence === null
          ? null
          : html`${fact('p95', measure(evidence.duration, duration))}
            ${fact(
              'Errors',
              measure(evidence.errors, (share) => `${(share * 100).toFixed(1)} %`),
            )}
            ${fact(
              'Cost of a run',
              measure(evidence.cost, (microUsd) => money(microUsd / 1e6)),
            )}`
      }
    </dl>
    ${rollback('End the trial', rollout)}
  </section>`;
}

function runsText({ judged, ended, underWay }: CanaryVerdict['runs']['canary']): string {
  return `${judged} judged, ${ended} ended, ${underWay} under way`;
}

function measure({ canary, control }: MeasureEvidence, text: (value: number) => string): string {
  return `${text(canary)} against ${text(control)}`;
}

/** Of the roll-out that is shown: after another change, the button changes nothing. */
function rollback(label: string, { revision }: LimitsRollout): Html {
  return html`<form method="post" action="/limits/rollback">
    <input type="hidden" name="revision" value="${revision}" />
    <div class="actions"><button type="submit">${label}</button></div>
  </form>`;
}

function versionRow(version: LimitsVersion, { stable, candidate }: LimitsRollout): Html {
  const { number, madeAt, madeBy, why, parent, overrides } = version;
  const mark = number === stable ? 'in force' : number === candidate ? 'tried' : '';
  const tone = number === stable ? 'good' : 'busy';
  return html`<li>
    <p>
      <b>Version ${number}</b> ${mark === '' ? null : html`<span class="pill ${tone}">${mark}</span>`}
      <span class="soft">${moment(madeAt)} · by ${madeBy}, from ${parent}</span>
    </p>
    <p>${why}</p>
    <p class="soft">Built in → version: ${differences(overrides)}</p>
  </li>`;
}

/** From the built-in table. */
function differences(overrides: LimitsByKind): string {
  const changed = limitDifferences({}, overrides).map(
    (one) => `${humanize(one.kind)} ${one.limit} ${one.from ?? 'none'} → ${one.to ?? 'none'}`,
  );
  return changed.length === 0 ? 'no difference' : changed.join(', ');
}

function proposalRow({ number, madeAt, state, why, decidedBy, note }: LimitsProposal): Html {
  const decided = decidedBy === null ? '' : ` by ${decidedBy}`;
  return html`<li>
    <p>
      <b>Proposal ${number}</b> <span class="pill still">${humanize(state)}${decided}</span>
      <span class="soft">${moment(madeAt)}</span>
    </p>
    <p>${why}${note === null ? '' : ` · ${note}`}</p>
  </li>`;
}

function auditRow({ at, who, action, version, proposal, why }: LimitsAuditEntry): Html {
  const about = [version === null ? '' : `version ${version}`, proposal === null ? '' : `proposal ${proposal}`];
  return html`<li>
    <p>
      <b>${humanize(action)}</b> ${about.filter((text) => text !== '').join(' of ')}
      <span class="soft">${moment(at)} · ${who}</span>
    </p>
    <p class="soft">${why}</p>
  </li>`;
}
