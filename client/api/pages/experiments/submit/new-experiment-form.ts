/** The form for a new experiment with a generated video: empty, as it was sent, or with what another experiment was asked for. */
import { html } from 'hono/html';
import { videoPatterns } from '../../../../../workflows/contract/experiments/video.ts';
import { page, type Html } from '../../layout.ts';

export const formFields = [
  'name',
  'code',
  'goal',
  'rounds',
  'psnrDb',
  'pattern',
  'width',
  'height',
  'frames',
  'framesPerSecond',
  'seed',
] as const;
export type FormField = (typeof formFields)[number];
export type FormValues = Readonly<Partial<Record<FormField, string>>>;

export interface NewExperimentForm {
  readonly values: FormValues;
  /** What kept it from being accepted; `path` is a field's name where it belongs to one. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** The experiment from which model, budget, limits and an uploaded video are taken over. */
  readonly like: string | null;
  /** Whether that one has an uploaded video: then there is none to generate. */
  readonly hasUpload: boolean;
  /** A double click makes one experiment. */
  readonly key: string;
}

/** A codec without loss, as a placeholder. */
const codeExample = `import zlib
import numpy

def encode(frames, info):
    return zlib.compress(frames.tobytes())

def decode(data, info):
    shape = (info["frames"], info["height"], info["width"], 3)
    return numpy.frombuffer(zlib.decompress(data), numpy.uint8).reshape(shape)`;

export function emptyForm(key: string): NewExperimentForm {
  return { values: {}, problems: [], like: null, hasUpload: false, key };
}

export function newExperimentPage(form: NewExperimentForm): Html {
  return page(
    form.problems.length === 0 ? 'A new experiment' : 'Please look again: a new experiment',
    html`<link rel="stylesheet" href="/assets/experiment.css" />
      <section class="head">
        <p class="soft"><a href="/experiments">Experiments</a> / new</p>
        <h1>A new experiment</h1>
      </section>
      <section class="card">${newExperimentForm(form)}</section>`,
  );
}

export function newExperimentForm(form: NewExperimentForm): Html {
  const { like, hasUpload, key, values } = form;
  const { pattern = '' } = values;
  return html`${problemList(form)}
    <form method="post" action="/experiments" enctype="multipart/form-data">
      <input type="hidden" name="_key" value="${key}" />
      ${like === null ? null : html`<input type="hidden" name="like" value="${like}" />`}
      ${input(form, 'name', 'Name', { help: 'For people; may be left out.' })}
      ${area(form, 'code', 'Code', { rows: 16, example: codeExample, help: 'Python that defines encode(frames, info) and decode(data, info). Without it a model writes the code.' })}
      ${area(form, 'goal', 'Goal', { rows: 3, help: 'What a model shall write; with code, what it shall improve. Without it your code runs once.' })}
      <div class="numbers">
        ${input(form, 'rounds', 'Rounds, at most', { number: '1' })}
        ${input(form, 'psnrDb', 'Wanted PSNR, dB', { number: '30' })}
      </div>
      ${
        hasUpload
          ? html`<p class="help">The video is the uploaded one of <a href="/experiments/${like}">${like}</a>.</p>`
          : html`<fieldset class="field">
              <legend>Video, generated</legend>
              <div class="numbers">
                <p class="field">
                  <label for="pattern">Pattern</label>
                  <select id="pattern" name="pattern">
                    ${videoPatterns.map(
                      (one) => html`<option value="${one}" ${one === pattern ? 'selected' : ''}>${one}</option>`,
                    )}
                  </select>
                </p>
                ${input(form, 'width', 'Width, pixels', { number: '160' })}
                ${input(form, 'height', 'Height, pixels', { number: '90' })}
                ${input(form, 'frames', 'Frames', { number: '24' })}
                ${input(form, 'framesPerSecond', 'Frames a second', { number: '24' })}
                ${input(form, 'seed', 'Seed', { number: '1' })}
              </div>
            </fieldset>`
      }
      ${like === null ? null : html`<p class="help">Model, budget and limits are those of <a href="/experiments/${like}">${like}</a>.</p>`}
      <button type="submit">Run the experiment</button>
    </form>`;
}

function problemList({ problems }: NewExperimentForm): Html | null {
  if (problems.length === 0) return null;
  return html`<div class="alert" role="alert">
    ${problems.map(({ path, message }) => html`<p>${path === '' ? '' : `${path}: `}${message}</p>`)}
  </div>`;
}

interface InputOptions {
  readonly help?: string;
  /** The value of a number that is left out. */
  readonly number?: string;
}

function input(form: NewExperimentForm, name: FormField, label: string, { help, number }: InputOptions): Html {
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      ${number === undefined ? null : html`inputmode="decimal"`}
      value="${form.values[name] ?? number ?? ''}"
      ${described(form, name, help)}
    />
    ${helpText(name, help)}
  </p>`;
}

interface AreaOptions {
  readonly rows: number;
  readonly example?: string;
  readonly help: string;
}

/** Browsers leave out a line break at the beginning of a text area: the one here, and none of the value. */
function area(form: NewExperimentForm, name: FormField, label: string, { rows, help, example }: AreaOptions): Html {
  return html`<p class="field">
    <label for="${name}">${label}</label>
    <textarea
      class="${name === 'code' ? 'source' : ''}"
      id="${name}"
      name="${name}"
      rows="${rows}"
      spellcheck="false"
      ${example === undefined ? null : html`placeholder="${example}"`}
      ${described(form, name, help)}
    >
${form.values[name] ?? ''}</textarea>
    ${helpText(name, help)}
  </p>`;
}

function described({ problems }: NewExperimentForm, name: FormField, help: string | undefined): Html {
  const isWrong = problems.some(({ path }) => path === name);
  return html`${help === undefined ? null : html`aria-describedby="${name}-help"`}
  ${isWrong ? html`aria-invalid="true"` : null}`;
}

function helpText(name: FormField, help: string | undefined): Html | null {
  return help === undefined ? null : html`<span class="help" id="${name}-help">${help}</span>`;
}
