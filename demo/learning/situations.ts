/** The lead magnets of the demo: one that is healthy, and one for each cause that the analysis must tell apart. */
import type { FindingCause } from '../../workflows/contract/insights/causes.ts';
import type { JsonObject } from '../../workflows/contract/json/json.ts';
import { slowWords } from './brain.ts';

export interface Situation {
  readonly slug: string;
  /** What is wrong with it, for people. */
  readonly about: string;
  /** What the analysis must name; null where it must find nothing. */
  readonly cause: FindingCause | null;
  /** The least number of runs that must show it. */
  readonly runs: number;
  /** One job each: what its form is filled in with. */
  readonly forms: readonly Readonly<Record<string, string>>[];
  readonly steps: readonly JsonObject[];
}

export interface Places {
  readonly receiver: string;
  readonly site: string;
}

const rowsSchema = {
  type: 'object',
  required: ['rows'],
  properties: {
    rows: {
      type: 'array',
      items: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
    },
  },
};

/** Two thirds of these answers come within 10 s, the limit of their step; they come close to it. */
const tightMilliseconds = [8400, 8500, 8600, 8700, 30_000, 30_000, 30_000, 30_000];

export function situationsAt({ receiver, site }: Places): readonly Situation[] {
  return [
    {
      slug: 'slow-model',
      about: 'the model takes more than a minute',
      cause: 'slow',
      runs: 3,
      forms: jobs(3),
      steps: [{ id: 'write', kind: 'ai', instructions: `Write an audit of {{form.subject}}. ${slowWords}` }],
    },
    {
      slug: 'tight-limit',
      about: 'an attempt may take 10 s, and the receiver takes about as long',
      cause: 'limit_too_tight',
      runs: 4,
      forms: tightMilliseconds.map((milliseconds) => ({ subject: String(milliseconds) })),
      steps: [
        {
          id: 'tell',
          kind: 'webhook',
          url: `${receiver}/after/{{form.subject}}`,
          limits: { attemptSeconds: 10, attempts: 1 },
        },
      ],
    },
    {
      slug: 'going-round',
      about: 'the model presses the same place of the same screen until its turns are used up',
      cause: 'endless_loop',
      runs: 3,
      forms: jobs(3),
      steps: [
        {
          id: 'look',
          kind: 'computer_use',
          startUrl: site,
          goal: 'Press the button until the report opens.',
          budget: { iterations: 6 },
        },
      ],
    },
    {
      slug: 'few-slots',
      about: 'six runs of code at once, and one slot',
      cause: 'waiting_for_a_slot',
      runs: 3,
      forms: jobs(6),
      steps: [
        {
          id: 'calculate',
          kind: 'code',
          language: 'python',
          source: 'import time\n\ndef main(inputs):\n    time.sleep(2.5)\n    return {"done": True}\n',
        },
      ],
    },
    {
      slug: 'no-permission',
      about: 'the receiver answers 403',
      cause: 'missing_permission',
      runs: 4,
      forms: jobs(4),
      steps: [{ id: 'tell', kind: 'webhook', url: `${receiver}/forbidden` }],
    },
    {
      slug: 'healthy',
      about: 'nothing: a model, a batch, an expert tool, a webhook and a report, all quick',
      cause: null,
      runs: 0,
      forms: jobs(4),
      steps: healthySteps(receiver),
    },
  ];
}

function healthySteps(receiver: string): readonly JsonObject[] {
  return [
    { id: 'leads', kind: 'ai', instructions: 'List businesses like {{form.subject}}.', output: { schema: rowsSchema } },
    {
      id: 'enrich',
      kind: 'batch',
      needs: ['leads'],
      items: '{{steps.leads.output.rows}}',
      prompt: 'In which industry is {{item.name}}?',
      cap: 1,
    },
    { id: 'ask', kind: 'tool', tool: 'chat', input: { prompt: 'How does one greet {{form.subject}}?' } },
    { id: 'tell', kind: 'webhook', url: `${receiver}/quick`, body: { subject: '{{form.subject}}' } },
    { id: 'report', kind: 'render', needs: ['leads'], template: '# {{form.subject}}\n\nAll is well.' },
  ];
}

function jobs(count: number): Situation['forms'] {
  return Array.from({ length: count }, (_, index) => ({ subject: `business ${index + 1}` }));
}

/** The definition of a lead magnet, as it is saved. */
export function definitionOf(
  { slug, steps }: Pick<Situation, 'slug' | 'steps'>,
  { receiver, site }: Places,
): JsonObject {
  return {
    slug,
    name: slug,
    form: {
      fields: [{ id: 'subject', type: 'text', label: 'Subject', required: true }],
      submissionsPerHour: 10_000,
    },
    network: { navigate: [site, new URL(receiver).origin] },
    steps: [...steps],
  };
}

/** Short jobs of one webhook each: what the tuning learns from, and tries its proposal on. */
export function shortJobsAt({ receiver }: Places): Pick<Situation, 'slug' | 'steps'> {
  return {
    slug: 'short-jobs',
    steps: [{ id: 'tell', kind: 'webhook', url: `${receiver}/quick`, body: { subject: '{{form.subject}}' } }],
  };
}

/** Reports of one rendered document each. They are recorded only. */
export function reportsOf(): Pick<Situation, 'slug' | 'steps'> {
  return { slug: 'reports', steps: [{ id: 'report', kind: 'render', template: '# {{form.subject}}' }] };
}
