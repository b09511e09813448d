/**
 * A site with many pages that counts every effect on the server: a form to fill in and send, a file that is sent when
 * it is chosen, a button that counts without leaving the page, and one that asks for confirmation. The strip on each
 * page shows what was done.
 */
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import { listenOnLoopback } from '../../demo/loopback-server.ts';
import { stripScript } from '../../demo/state-strip/page-script.ts';

export interface ManyStepSite {
  /** Without a slash at the end. */
  readonly url: string;
  /** The number of times that each effect of a run happened, by its key, e.g. `write/3`. */
  effectsOf(run: string): ReadonlyMap<string, number>;
  /** Texts that did not arrive as they should have. */
  readonly spoilt: readonly string[];
  close(): Promise<void>;
}

type Kind = 'write' | 'count' | 'confirm' | 'upload';

/** What a page asks for. The middle page is risky, so that a person is asked. */
export function kindOf(step: number, steps: number): Kind {
  if (step === Math.ceil(steps / 2)) return 'confirm';
  if (step % 4 === 2) return 'upload';
  return step % 2 === 1 ? 'write' : 'count';
}

export function noteOf(step: number): string {
  return `note of step ${step}`;
}

/** The file that a run sends, under the name that its form field gives it among the job's artifacts. */
export const upload = { field: 'proof', artifact: 'form.proof.proof.bin', content: Buffer.alloc(200_000, 'proof') };

export async function startManyStepSite(steps: number): Promise<ManyStepSite> {
  const effects = new Map<string, Map<string, number>>();
  const spoilt: string[] = [];
  const effectsOf = (run: string): Map<string, number> => {
    const known = effects.get(run) ?? new Map<string, number>();
    effects.set(run, known);
    return known;
  };
  const app = new Hono();
  app.use(async (context, next) => {
    context.header('cache-control', 'no-store');
    await next();
  });
  app.get('/:run/:step', (context) => {
    const { run } = context.req.param();
    const step = Number(context.req.param('step'));
    if (step > steps) return context.html(page('end', html`<h1 data-fact="result">All ${steps} steps are done.</h1>`));
    const kind = kindOf(step, steps);
    const done = effectsOf(run).has(`${kind}/${step}`);
    return context.html(page(`${kind}-${step}`, bodyOf(kind, step, done)));
  });
  app.post('/:run/:step', async (context) => {
    const { run } = context.req.param();
    const step = Number(context.req.param('step'));
    const kind = kindOf(step, steps);
    const { note, file } = await context.req.parseBody();
    const isWhole = file instanceof File && upload.content.equals(new Uint8Array(await file.arrayBuffer()));
    if (kind === 'upload' && !isWhole) spoilt.push(`${run}/${step}: another file`);
    if (kind === 'write' && note !== noteOf(step)) spoilt.push(`${run}/${step}: ${JSON.stringify(note)}`);
    const place = `${kind}/${step}`;
    effectsOf(run).set(place, (effectsOf(run).get(place) ?? 0) + 1);
    return kind === 'count' || kind === 'upload'
      ? context.json({ counted: true })
      : context.redirect(`/${run}/${step + 1}`, 303);
  });
  const { url, close } = await listenOnLoopback(app, 0);
  return { url, effectsOf, spoilt, close };
}

type Markup = HtmlEscapedString | Promise<HtmlEscapedString>;

function bodyOf(kind: Kind, step: number, done: boolean): Markup {
  const next = html`<p><a href="${step + 1}" data-target="next" data-flag="done">Done. Go on</a></p>`;
  if (done)
    return html`<h1>Step ${step}</h1>
      ${next}`;
  switch (kind) {
    case 'write':
      return html`<h1>Write a note</h1>
        <form method="post">
          <p><input name="note" data-target="note" size="40" autocomplete="off" /></p>
          <p><button data-target="act">Send it</button></p>
        </form>`;
    case 'confirm':
      return html`<h1>Confirm the order</h1>
        <form method="post"><button data-target="act">Confirm order ${step}</button></form>`;
    case 'upload':
      return html`<h1>Send the proof</h1>
        <p><input type="file" data-target="file" onchange="send(this)" /></p>
        <p id="next"></p>
        <script>
          async function send(input) {
            const body = new FormData();
            body.append('file', input.files[0]);
            input.disabled = true;
            await fetch(location.pathname, { method: 'POST', body });
            input.remove();
            document.querySelector('#next').innerHTML =
              '<a href="${step + 1}" data-target="next" data-flag="done">Done. Go on</a>';
          }
        </script>`;
    case 'count':
      return html`<h1>Count one up</h1>
        <p><button type="button" data-target="act" onclick="count(this)">Count</button></p>
        <p id="next"></p>
        <script>
          async function count(button) {
            button.disabled = true;
            await fetch(location.pathname, { method: 'POST' });
            button.remove();
            document.querySelector('#next').innerHTML =
              '<a href="${step + 1}" data-target="next" data-flag="done">Done. Go on</a>';
          }
        </script>`;
  }
}

function page(name: string, body: Markup): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${name}</title>
        <link rel="icon" href="data:," />
        <style>
          body {
            font: 18px sans-serif;
            margin: 40px;
          }
          button,
          input,
          a {
            font-size: 20px;
            padding: 8px;
          }
        </style>
      </head>
      <body data-page="${name}">
        ${body} ${stripScript}
      </body>
    </html>`;
}
