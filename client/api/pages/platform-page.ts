/** The page of the installation: its parts, and the platform's switch. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { html } from 'hono/html';
import type { Part } from '../../../store/platform/parts.ts';
import { batchSwitch, type SwitchState } from '../../../store/platform/switches.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { switchPanel } from './batches/batches-page.ts';
import { page, type Html } from './layout.ts';
import { moment, humanize } from './format.ts';

export function addPlatformPage(
  app: OpenAPIHono,
  { acrossTenants: { parts: known, switches }, now }: ApiDependencies,
): void {
  app.get('/platform', async (context) => {
    const [parts, stopped] = await Promise.all([known.list(now()), switches.find(batchSwitch)]);
    return context.html(platformPage(parts, stopped));
  });
}

function platformPage(parts: readonly Part[], stopped: SwitchState | null): Html {
  return page(
    'Lodestone: platform',
    html`<section class="head"><h1>Platform</h1></section>
      <section class="card" id="parts">
        <h2>Parts</h2>
        ${
          parts.length === 0
            ? html`<p class="soft">
                These parts were started one by one. Only <code>npm start</code> watches its parts and restarts them.
              </p>`
            : html`<ul class="plain jobs">
                ${parts.map(partRow)}
              </ul>`
        }
      </section>
      ${switchPanel(stopped)}`,
  );
}

function partRow({ name, state, restarts, lastDeath }: Part): Html {
  const started = restarts === 1 ? 'started again once' : `started again ${restarts} times`;
  return html`<li class="row">
    <span class="pill ${tones[state]}">${humanize(state)}</span> <b>${name}</b>
    <span class="soft"
      >${restarts === 0 ? 'never started again' : started}${
        lastDeath === null ? '' : ` · last death ${moment(lastDeath.at)}: it ${lastDeath.reason}`
      }</span
    >
  </li>`;
}

const tones: Readonly<Record<Part['state'], 'good' | 'bad' | 'busy' | 'still'>> = {
  running: 'good',
  starting: 'busy',
  waiting: 'bad',
  given_up: 'bad',
  stopped: 'still',
};
