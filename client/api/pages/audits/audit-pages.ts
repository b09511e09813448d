/** The page of both audits: who uses a browser, and what time limits put at risk. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import { html } from 'hono/html';
import type { HeldAudits } from '../../audits/audits.ts';
import { cursorOf, readCursor } from '../../audits/audit-routes.ts';
import { moment } from '../format.ts';
import { page } from '../layout.ts';
import { computerUseCards, type ComputerUseData } from './computer-use-cards.ts';
import { timeoutCards } from './timeout-cards.ts';

const leadMagnetsShown = 50;

export function addAuditPages(app: OpenAPIHono, audits: HeldAudits): void {
  app.get('/audits', async (context) => {
    const after = readCursor(context.req.query('after'));
    const [report, timeouts, { leadMagnets, next }] = await Promise.all([
      audits.computerUse(),
      audits.timeouts(),
      audits.leadMagnets({ after, limit: leadMagnetsShown }),
    ]);
    const computerUse: ComputerUseData = {
      report,
      leadMagnets,
      next: next === null ? null : cursorOf(next),
      isFirst: after === undefined,
    };
    return context.html(
      page(
        'Lodestone: audits',
        html`<link rel="stylesheet" href="/assets/experiment.css" />
          <section class="head">
            <h1>Audits</h1>
            <p class="soft">
              All lead magnets of all tenants, and runs since ${moment(report.since)}. Made ${moment(report.at)}, at
              most once a minute. <a href="/insights">Insights</a> has the runs themselves.
            </p>
          </section>
          ${computerUseCards(computerUse)} ${timeoutCards(timeouts)}`,
        { wide: true },
      ),
    );
  });
}
