/** The pages in the frame: the form, and after it was sent, the thanks and the job's progress. */
import { html } from 'hono/html';
import type { JobView } from '../../../../workflows/contract/jobs/job-view.ts';
import type { LeadMagnet } from '../../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { embedAddress } from '../../embed/address.ts';
import { formCard, formTitle, thanksText, type FormState } from '../forms/form-page.ts';
import { page, type Html } from '../layout.ts';

export function embeddedForm(
  definition: LeadMagnet,
  origins: readonly string[],
  state: FormState,
  token: string,
): Html {
  const body = html`<p id="sandboxed" class="alert" role="alert" hidden>${sandboxedText}</p>
    ${formCard(definition, state, { action: embedAddress(definition.slug), token })} ${frameScript(origins)}`;
  return page(formTitle(definition, state), body, { plain: true, framed: true });
}

/** Explains to the author of the surrounding page why a form in a sandboxed frame cannot be sent. */
export const sandboxedText =
  'This form stands in a sandboxed frame, which hides from where it is sent. The page that holds it has to add allow-same-origin, allow-forms and allow-scripts to the sandbox attribute of the frame, or leave that attribute out.';

export function embeddedThanks(definition: LeadMagnet, origins: readonly string[], job: JobView): Html {
  const { redirectUrl } = definition.form;
  const onward =
    redirectUrl === undefined ? null : html`<a class="button primary" href="${redirectUrl}" target="_top">Go on</a>`;
  const body = html`<section class="card narrow">
      <h1>Thank you</h1>
      <p>${thanksText(definition)}</p>
      <p id="progress" class="soft" role="status" ${job.state === 'ended' ? '' : html`data-every="5000"`}>
        ${progressText(job)}
      </p>
      <p class="actions">
        ${onward}<a class="button" href="/jobs/${job.id}" target="_blank" rel="noopener">See how it goes</a>
      </p>
    </section>
    ${frameScript(origins)}`;
  return page(definition.name, body, { plain: true, framed: true });
}

function progressText({ state, outcome, steps }: JobView): string {
  if (state === 'ended') {
    return outcome === 'completed' || outcome === 'completed_with_errors'
      ? 'The work is done.'
      : 'The work could not be completed.';
  }
  const done = steps.filter((step) => step.endedAt !== null).length;
  return done === 0 ? 'The work begins.' : `${done} of ${steps.length} steps are done.`;
}

/** The frame's script, with the origin that it may talk to. */
export function frameScript(origins: readonly string[]): Html {
  return html`<script src="/assets/embed-frame.js" data-origins="${origins.join(' ')}" defer></script>`;
}
