/** The API's reference: Swagger UI with the API's own document. */
import { html } from 'hono/html';
import { page, type Html } from './layout.ts';

export function referencePage(): Html {
  return page(
    'Lodestone: API',
    html`<link rel="stylesheet" href="/reference/assets/swagger-ui.css" />
      <div id="reference" class="reference"></div>
      <noscript
        ><p class="note">
          The reference needs scripts. The document itself: <a href="/openapi.json">openapi.json</a>
        </p></noscript
      >
      <script src="/reference/assets/swagger-ui-bundle.js"></script>
      <script src="/assets/reference.js"></script>`,
  );
}
