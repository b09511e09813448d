/** Small parts that both reports share. */
import { html } from 'hono/html';
import type { TimeoutsAudit } from '../../../../workflows/contract/audits/audit-schema.ts';
import type { RiskLevel } from '../../../../workflows/contract/limits/limit-risks.ts';
import { humanize } from '../format.ts';
import type { Html } from '../layout.ts';
import { fact } from '../parts.ts';

/** A column's name, with whether it holds numbers. */
export type Column = readonly [name: string, isNumber?: 'number'];

/** A table of figures; on narrow screens each row is a block, in which every figure has its name. */
export function figures(label: string, columns: readonly Column[], rows: readonly (readonly string[])[]): Html {
  return html`<div class="sheet" tabindex="0" role="region" aria-label="${label}">
    <table class="figures stacking">
      <thead>
        <tr>
          ${columns.map(([name, isNumber]) => html`<th scope="col" class="${isNumber ?? ''}">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([first = '', ...others]) =>
            html`<tr>
              <th scope="row">${first}</th>
              ${others.map((cell, at) => {
                const [name = '', isNumber = ''] = columns[at + 1] ?? [];
                return html`<td class="${isNumber}" data-name="${name}">${cell}</td>`;
              })}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export function riskFacts({ score, parts }: TimeoutsAudit['risk']): Html {
  const given = parts.filter(({ points }) => points > 0);
  return html`${fact('Risk of time-outs', `${score} of 100`)}
  ${given.map(({ part, points, most }) => fact(`of these, ${humanize(part)}`, `${points} of ${most}`))}`;
}

export function levelPill(level: RiskLevel): Html {
  const tones = { none: 'still', low: 'good', medium: 'busy', high: 'bad' } as const;
  return html`<span class="pill ${tones[level]}">${level}</span>`;
}
