/** The pages with an effect or a fault: the contact form and its confirmation, the broken booking, the missing page. */
import { html } from 'hono/html';
import { z } from 'zod';
import { business } from './business.ts';
import type { Markup } from './layout.ts';

export const EnquirySchema = z.object({
  name: z.string().trim().min(1).max(100),
  email: z.email().max(200),
  message: z.string().trim().min(1).max(4000),
});

export interface ContactState {
  /** Whether this visitor has sent an enquiry before. */
  readonly sent: boolean;
  /** Whether the form that was just posted is incomplete. */
  readonly refused: boolean;
}

export function contactPage({ sent, refused }: ContactState): Markup {
  return html`<section class="wide intro">
      <h1>Contact</h1>
      ${sent ? sentNotice() : ''}
      ${refused ? html`<p class="notice bad" data-flag="refused">Please fill in your name, a valid e-mail and a message.</p>` : ''}
    </section>
    <section class="wide two contact">
      <form class="panel" method="post" action="/contact">
        <h2>Write to us</h2>
        <label>Name <input name="name" data-target="field:name" autocomplete="off" required maxlength="100" /></label>
        <label
          >E-mail
          <input name="email" type="email" data-target="field:email" autocomplete="off" required maxlength="200"
        /></label>
        <label
          >Message <textarea name="message" data-target="field:message" rows="3" required maxlength="4000"></textarea>
        </label>
        <button class="button large" data-target="send">Send message</button>
      </form>
      <dl>
        <dt>Telephone</dt>
        <dd data-fact="phone">${business.phoneOnContact}</dd>
        <dt>E-mail</dt>
        <dd data-fact="email">${business.email}</dd>
        <dt>Workshop</dt>
        <dd data-fact="address">${business.address}</dd>
        <dt>Opening hours</dt>
        <dd data-fact="hours">${business.hours}</dd>
      </dl>
    </section>`;
}

export function thanksPage(): Markup {
  return html`<section class="wide intro">
    <h1>Thank you</h1>
    ${sentNotice()}
    <p>In the meantime, why not oil your chain?</p>
  </section>`;
}

export function brokenBookingPage(): Markup {
  return html`<h1>Something went wrong</h1>
    <p data-fact="error">${business.bookingError}</p>
    <p class="soft">Please try again later.</p>
    <p><a href="/" data-target="home">Back to the workshop</a></p>`;
}

export function missingPage(): Markup {
  return html`<h1>Page not found</h1>
    <p data-fact="error">Error 404: there is no such page</p>
    <p><a href="/" data-target="nav:home">Back to the workshop</a></p>`;
}

function sentNotice(): Markup {
  return html`<p class="notice good" data-flag="sent" data-fact="enquiry">
    Your message was sent. We answer within a day.
  </p>`;
}
