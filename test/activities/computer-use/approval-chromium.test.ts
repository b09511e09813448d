/** Approvals in a real browser: it is kept while a person is asked, and what has become of its page is noticed. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endHostProcess } from '../../../activities/computer-use/host/folder.ts';
import { createComputerHosts, type HostsSettings } from '../../../activities/computer-use/host/hosts.ts';
import { hostNames, readRecord } from '../../../activities/computer-use/host/record.ts';
import type { Model } from '../../../activities/ports.ts';
import type { Store } from '../../../store/store.ts';
import type { StepActivityInput, StepActivityResult, StepSuspension } from '../../../workflows/contract/jobs/job.ts';
import type { LeadMagnet } from '../../../workflows/contract/lead-magnets/lead-magnet.ts';
import { activityPlace, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { computerStep } from '../../support/computer-use/computer-step.ts';
import { temporaryHosts } from '../../support/computer-use/browser-hosts.ts';
import { countingServer } from '../../support/http/counting-server.ts';
import { callResponse, click, textResponse } from '../../support/llm/responses.ts';

const page = `<!doctype html><title>contact</title><form method="post" action="/sent">
  <input name="name" aria-label="Your name" style="position:absolute;left:0;top:0;width:300px;height:40px;font-size:24px">
  <button style="position:absolute;left:0;top:100px;width:200px;height:40px">Send enquiry</button></form>`;

const script = [
  callResponse('r1', [click(100, 20), { type: 'type', text: 'Ada' }, click(100, 120)]),
  textResponse('r2', 'sent'),
];
const model: Model = {
  create: async ({ previousResponseId }) =>
    script[script.findIndex(({ id }) => id === previousResponseId) + 1] ?? textResponse('r9', 'nothing is left'),
  retrieve: () => Promise.reject(new Error('nothing is under way')),
  cancel: async () => undefined,
};

function runActivity(
  { store, hosts, magnet }: { readonly store: Store; readonly hosts: HostsSettings; readonly magnet: LeadMagnet },
  parts: Partial<StepActivityInput> = {},
): Promise<StepActivityResult | StepSuspension> {
  const run = computerStep(store, model, {
    computers: createComputerHosts(hosts),
    allowPrivateOrigins: magnet.network.navigate,
  });
  return activityPlace().run(run, stepInput(magnet, parts));
}

async function asked() {
  const site = await countingServer((response, { url }) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(url === '/sent' ? '<h1>Thank you</h1>' : page);
  });
  const approvals = { risky: [{ action: 'click', words: ['send'] }] };
  const step = { id: 'visit', kind: 'computer_use', startUrl: site.origin, goal: 'enquire', approvals };
  const { store, definition } = await storeWithJob({ network: { navigate: [site.origin] }, steps: [step] });
  const place = { store, hosts: await temporaryHosts(), magnet: definition };
  const first = await runActivity(place);
  if (first.state !== 'awaiting_approval') throw new Error(`the step is ${first.state}`);
  const { requestId, callId, url, screenshot } = first.approval;
  const decision = { requestId, decision: 'approve' as const, by: 'ada', note: null, callId, url };
  const resumption = { attemptsBefore: 1, decision: { ...decision, screenshotSha256: screenshot.sha256 } };
  const sent = (): readonly string[] => site.received.filter(({ method }) => method === 'POST').map(({ body }) => body);
  return { place, first, sent, approve: () => runActivity(place, { sequence: 9, resumption }) };
}

describe('an approved click', () => {
  it('goes to the very page that the person saw, with what was typed into it, once', async () => {
    const { first, sent, approve } = await asked();
    expect(first).toMatchObject({ approval: { question: 'click at 100,120 on “Send enquiry”' } });
    expect(sent()).toEqual([]);
    // The caret in the field blinks all the while: that is no change of the page.
    expect(await approve()).toMatchObject({ state: 'succeeded', recoveryLevel: 'reattached' });
    expect(sent()).toEqual(['name=Ada']);
  });

  it('is asked for again when the browser was lost, since the page is not what the person saw', async () => {
    const { place, sent, approve } = await asked();
    const { hostsFolder } = place.hosts;
    for (const name of await hostNames(hostsFolder)) {
      const record = await readRecord(join(hostsFolder, name));
      if (record !== null) await endHostProcess(record);
    }
    expect(await approve()).toMatchObject({
      state: 'awaiting_approval',
      recoveryLevel: 'restored',
      approval: { requestId: 'visit-1-2', question: expect.stringContaining('The page has changed') },
    });
    expect(sent()).toEqual([]);
  });
});
