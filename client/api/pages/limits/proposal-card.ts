/** A proposal of limits that waits for an answer, with its evidence and the two buttons. */
import { html } from 'hono/html';
import { z } from 'zod';
import type { LimitsByKind } from '../../../../workflows/contract/limits/limits-version.ts';
import type { LimitsProposal } from '../../../../workflows/contract/limits/limits-schema.ts';
import { limitDifferences } from '../../../../workflows/contract/limits/limits-version.ts';
import { humanize, moment } from '../format.ts';
import type { Html } from '../layout.ts';

const EvidenceSchema = z.object({
  recommendations: z.array(z.object({ kind: z.string(), limit: z.string(), runs: z.number(), reason: z.string() })),
});

export function proposalCard(
  { number, madeAt, expiresAt, overrides, evidence }: LimitsProposal,
  base: LimitsByKind,
): Html {
  const known = EvidenceSchema.safeParse(evidence);
  const recommendations = known.success ? known.data.recommendations : [];
  return html`<section class="card" id="proposal">
    <h2>Proposal ${number} waits for an answer</h2>
    <p class="soft">Made ${moment(madeAt)}; it expires ${moment(expiresAt)}.</p>
    <ul>
      ${limitDifferences(base, overrides).map(
        (one) => html`<li><b>${humanize(one.kind)} ${one.limit}</b> ${one.from ?? 'none'} → ${one.to ?? 'none'}</li>`,
      )}
    </ul>
    ${recommendations.map(
      ({ kind, limit, runs, reason }) =>
        html`<p class="soft">${humanize(kind)} ${limit}, from ${runs} runs: ${reason}</p>`,
    )}
    <form method="post" action="/limits/proposals/${number}">
      <p>
        <label for="note">Note, kept with the answer</label>
        <input id="note" name="note" maxlength="500" />
      </p>
      <div class="actions">
        <button type="submit" name="decision" value="approve">Try it on 10 % of new jobs</button>
        <button type="submit" name="decision" value="deny">Deny it</button>
      </div>
    </form>
  </section>`;
}
