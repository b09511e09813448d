/**
 * The page where a person acts in a run's browser. Without the script the picture is a button that sends the position
 * of a click, and forms send text and keys; with it, the picture is live, and clicks, keys and the wheel are sent
 * directly.
 */
import { html } from 'hono/html';
import type { Control } from '../../../../workflows/contract/computer-use/control.ts';
import type { FoundRun } from '../../computer-use/computer-run.ts';
import { page, type Html } from '../layout.ts';
import { artifactUrl } from '../parts.ts';
import { humanize } from '../format.ts';

export interface ControlPageData {
  readonly found: FoundRun;
  readonly control: Control | null;
}

export function controlPage(data: ControlPageData): Html {
  const { job, step, run } = data.found;
  return page(
    `${step.title}: taken over`,
    html`<link rel="stylesheet" href="/assets/run.css" />
      <link rel="stylesheet" href="/assets/control.css" />
      <p class="soft trail">
        <a href="/">Jobs</a> / <a href="/jobs/${job.id}">${job.leadMagnet.name}</a> / ${step.title}
      </p>
      <h1>${step.title}</h1>
      <div id="control" data-job="${job.id}" data-step="${step.id}" data-width="${run.display.width}">
        ${controlFragment(data)}
      </div>
      <script src="/assets/control.js" defer></script>`,
    { wide: true },
  );
}

/** The part of the page that changes. */
export function controlFragment({ found, control }: ControlPageData): Html {
  const { live } = found;
  if (!live) return html`<p class="note" id="standing" data-state="over">This run is over.</p>`;
  if (control === null || control.state === 'returned') return offer(found.job.id, control);
  if (control.state === 'asked') {
    return html`<p class="note" id="standing" data-state="asked">
        You get control as soon as the model’s current answer has arrived. <a href="">Look again</a>
      </p>
      ${handBackForm()}`;
  }
  return html`<p class="note" id="standing" data-state="held">
      You control the browser; the model waits, and its time budget is paused.
    </p>
    <div class="scene">
      ${screen(found, control)}
      <div class="beside">${typing()} ${did(control)} ${handBackForm()}</div>
    </div>`;
}

function offer(jobId: string, control: Control | null): Html {
  const before = control?.note ?? null;
  return html`<form method="post" id="standing" data-state="returned">
    <p>
      ${control === null ? null : html`<b>The model controls the browser again.</b> `}
      ${before === null ? null : html`Note: “${before}” `}Take over to log in, to solve what a model must not, or to
      correct it. The model is told what you did. What you type is not stored, but screenshots show what the page shows
      of it.
    </p>
    <p class="actions">
      <button name="to" value="take_over">Take over</button>
      <a class="button" href="/jobs/${jobId}">To the job</a>
    </p>
  </form>`;
}

function screen({ job, run }: FoundRun, { screen }: Control): Html {
  if (screen === null) return html`<p class="stage gone">Waiting for the screenshot. <a href="">Look again</a></p>`;
  const { width, height } = run.display;
  return html`<form method="post" class="touch">
    <p class="where soft">${screen.url}</p>
    <div class="stage">
      <input
        type="image"
        name="at"
        src="${artifactUrl(job.id, screen.name, screen.sha256)}"
        width="${width}"
        height="${height}"
        alt="The screen: press where to click. With a script, typed keys go to it too"
      />
    </div>
    <p>
      <label
        >A press is a
        <select name="as">
          <option value="click">click</option>
          <option value="double_click">double click</option>
          <option value="right_click">right click</option>
          <option value="scroll_down">scroll down</option>
          <option value="scroll_up">scroll up</option>
        </select></label
      >
    </p>
  </form>`;
}

const keys = ['Enter', 'Tab', 'Escape', 'Backspace', 'Delete', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown'];

function typing(): Html {
  return html`<form method="post" class="field" autocomplete="off">
      <label for="text">Type where the cursor is</label>
      <input id="text" name="text" maxlength="2000" autocomplete="off" autocapitalize="off" spellcheck="false" />
      <button>Type</button>
    </form>
    <form method="post" class="keys" aria-label="Keys">
      ${keys.map((key) => html`<button name="key" value="${key}">${key.replace('Arrow', '')}</button>`)}
    </form>`;
}

function did({ actions }: Control): Html {
  return html`<ol class="deeds" id="did">
    ${actions.slice(-8).map(
      ({ described, outcome, problem }) =>
        html`<li class="${outcome}">
          <span>${described}</span>
          ${outcome === 'done' ? null : html`<span class="outcome">${humanize(outcome)}</span>`}
          ${problem === null ? null : html`<span class="problem">${problem}</span>`}
        </li>`,
    )}
  </ol>`;
}

function handBackForm(): Html {
  return html`<form method="post" class="field">
    <label for="note">Note for the model <span class="soft">(optional)</span></label>
    <input id="note" name="note" maxlength="1000" autocomplete="off" placeholder="You are logged in now. Go on." />
    <button class="primary" name="to" value="hand_back">Hand back</button>
  </form>`;
}
