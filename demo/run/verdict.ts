/** Checks the results of the demo independently: at the mailbox, the receiver, the site and the model server. */
import type { JobView } from '../../workflows/contract/jobs/job-view.ts';
import { business, prices } from '../sample-site/business.ts';
import { pdfText } from './pdf-text.ts';
import type { World } from './world.ts';

export interface Verdict {
  readonly ok: boolean;
  readonly checks: readonly { readonly what: string; readonly ok: boolean; readonly detail: string }[];
}

const arrivalMilliseconds = 15_000;

export async function judge(job: JobView, world: World, visitorEmail: string): Promise<Verdict> {
  const signal = AbortSignal.timeout(arrivalMilliseconds);
  const mail = await world.mail
    .waitForMessage((message) => message.to.includes(visitorEmail), signal)
    .catch(() => null);
  const delivery = await world.receiver.waitForDelivery(({ body }) => body.includes(job.id), signal).catch(() => null);
  const pdf = mail?.attachments.find(({ name }) => name === 'report.pdf');
  const text = pdf === undefined ? '' : await pdfText(pdf.content);
  const facts = [...prices.flatMap(({ service, price }) => [service, price]), business.email];
  const missing = facts.filter((fact) => !text.includes(fact));
  const repeated = world.site.submissions.filter((submission) => submission.duplicate).length;
  const look = job.steps.find((step) => step.kind === 'computer_use');
  const checks = [
    {
      what: 'the job completed',
      ok: job.outcome === 'completed',
      detail: job.reason?.message ?? job.outcome ?? job.state,
    },
    { what: 'the mail arrived', ok: mail !== null, detail: mail?.subject ?? 'no mail' },
    {
      what: 'the webhook arrived, its signature verified',
      ok: delivery !== null,
      detail: delivery?.id ?? 'none',
    },
    {
      what: 'the PDF holds the facts of the site',
      ok: pdf !== undefined && missing.length === 0,
      detail: missing.length === 0 ? `${facts.length} facts` : `missing: ${missing.join(', ')}`,
    },
    {
      what: 'no enquiry was sent twice',
      ok: repeated === 0,
      detail: `${world.site.submissions.length} sent, ${repeated} repeated`,
    },
    ...eventChecks(world),
    {
      what: 'a model call an iteration, at most one repeated',
      ok: look === undefined || callsOf(world, look.iterations) <= look.iterations + 1,
      detail: `${look?.iterations ?? 0} iterations, ${callsOf(world, look?.iterations ?? 0)} calls`,
    },
  ];
  return { ok: checks.every((check) => check.ok), checks };
}

/** Checks at the model server whether the API accepted its webhook events. */
function eventChecks({ model }: World): Verdict['checks'] {
  const events = model?.events ?? null;
  if (events === null) return [];
  const { delivered, refused } = events;
  return [
    {
      what: 'the API was told of responses that ended',
      ok: delivered > 0,
      detail: `${delivered} events taken, ${refused} refused`,
    },
  ];
}

/** The paid model calls, from the journal of the model server. With the real API only the job's own count is known. */
function callsOf(world: World, iterations: number): number {
  const entries = world.model?.journal.entries;
  if (entries === undefined) return iterations;
  const computer = entries.filter(({ imageSha256, actions }) => imageSha256 !== null || actions.length > 0);
  return computer.filter(({ kind, usage }) => kind === 'create' && usage !== null).length;
}
