/** The page of an experiment: how far it is, its rounds, one of them in detail, what was asked. Its live part is fetched again. */
import { html } from 'hono/html';
import { isExperimentEnd } from '../../../../workflows/contract/experiments/experiment.ts';
import type { ExperimentView } from '../../../../workflows/contract/experiments/view.ts';
import { duration, humanize, moment, money } from '../format.ts';
import { page, type Html } from '../layout.ts';
import { fact, pill } from '../parts.ts';
import { askedCard } from './asked-card.ts';
import { experimentTitle, underWay } from './experiment-words.ts';
import { failureAlert } from './failure-alert.ts';
import { phaseCard } from './phase-line.ts';
import { hasLine, roundCard, type ShownRound } from './round/round-card.ts';
import { roundsCard } from './round/rounds-card.ts';

export interface ExperimentPageData {
  readonly view: ExperimentView;
  /** The round in detail; null before the first has ended. */
  readonly shown: ShownRound | null;
  /** The round that the address names; without one the page follows the newest, and then has the best. */
  readonly chosen: number | null;
  readonly temporalUrl: string;
  readonly now: Date;
  /** A double click on its button makes one new experiment. */
  readonly rerunKey: string;
}

export function experimentPage(data: ExperimentPageData): Html {
  const { view, chosen } = data;
  const address = `/experiments/${encodeURIComponent(view.id)}`;
  const fragment = `${address}/fragment${chosen === null ? '' : `?round=${chosen}`}`;
  return page(
    `${experimentTitle(view)}: ${humanize(view.state)}`,
    html`<link rel="stylesheet" href="/assets/plot.css" /><link rel="stylesheet" href="/assets/experiment.css" />
      <div id="live" data-events="/v1${address}/events" data-fragment="${fragment}">${experimentFragment(data)}</div>
      <p id="announcement" class="unseen" role="status"></p>
      ${isExperimentEnd(view.state) ? null : html`<script src="/assets/live.js" defer></script>`}`,
  );
}

/** The parts of the page that change. Each has its id from the beginning, even when it is empty. */
export function experimentFragment(data: ExperimentPageData): Html {
  const { view, shown, now } = data;
  return html`${head(data)} ${phaseCard(view, now)} ${roundsCard(view, shown?.round.number ?? null)}
  ${roundCard(view, shown)} ${askedCard(view)}`;
}

function head({ view, shown, temporalUrl, now, rerunKey }: ExperimentPageData): Html {
  const { id, state, failure, startedAt, endedAt, acceptedAt, usage, rounds, roundsMade } = view;
  const isOver = isExperimentEnd(state);
  const took = startedAt === null ? null : Date.parse(endedAt ?? now.toISOString()) - Date.parse(startedAt);
  const tokens = usage.inputTokens + usage.outputTokens;
  return html`<section class="head" id="head" ${isOver ? html`data-ended="${humanize(state)}"` : null}>
    <p class="soft"><a href="/experiments">Experiments</a> / ${id}</p>
    <h1>${experimentTitle(view)} ${pill(state)}</h1>
    ${failure === null ? null : failureAlert(failure, { isLineShown: isLineShown(view, shown), isMild: state === 'completed' })}
    <dl class="facts">
      ${fact('Now', underWay(view))} ${fact('Rounds', rounds === 1 ? '' : `${roundsMade.length} of ${rounds}`)}
      ${fact('Took', isOver && took !== null ? duration(took) : '')}
      ${fact('Runs for', !isOver && took !== null ? duration(took) : '')} ${fact('Accepted', moment(acceptedAt))}
      ${fact('Cost', usage.modelCalls === 0 ? '' : money(usage.costUsd))}
      ${fact('Model calls', usage.modelCalls === 0 ? '' : `${usage.modelCalls}, ${tokens.toLocaleString('en-US')} tokens`)}
    </dl>
    <div class="actions">
      <a class="button" href="${temporalUrl}">Run in Temporal</a>
      ${isOver ? act(id, 'rerun', 'Run it again', rerunKey) : act(id, 'cancel', 'Cancel the experiment')}
      <a class="button" href="/experiments/new?${likeQuery(id, shown)}">Change and run anew</a>
    </div>
  </section>`;
}

/** The failure of the whole experiment may be that of another round than the one in detail. */
function isLineShown({ failure }: ExperimentView, shown: ShownRound | null): boolean {
  return shown !== null && shown.round.failure?.line === failure?.line && hasLine(shown);
}

/** The form begins with the code of the round in detail. */
function likeQuery(id: string, shown: ShownRound | null): string {
  const round: Record<string, string> = shown === null ? {} : { round: String(shown.round.number) };
  return new URLSearchParams({ like: id, ...round }).toString();
}

function act(id: string, verb: string, words: string, key?: string): Html {
  return html`<form method="post" action="/experiments/${encodeURIComponent(id)}/${verb}">
    ${key === undefined ? null : html`<input type="hidden" name="_key" value="${key}" />`}
    <button type="submit">${words}</button>
  </form>`;
}
