/** A whole computer-use step that logs in: the receiver gets the secret, and no file, event, beat or prompt holds it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createComputerHosts } from '../../../../activities/computer-use/host/hosts.ts';
import type { Model, ModelRequest, ModelResponse } from '../../../../activities/ports.ts';
import { computerStep } from '../../../support/computer-use/computer-step.ts';
import { activityPlace, job, stepInput } from '../../../support/jobs/activity-inputs.ts';
import { temporaryHosts } from '../../../support/computer-use/browser-hosts.ts';
import { countingServer } from '../../../support/http/counting-server.ts';
import { leadMagnet } from '../../../support/definitions.ts';
import { callResponse, click, textResponse } from '../../../support/llm/responses.ts';
import { storedRows } from '../../../support/stored-rows.ts';
import { openTemporary, temporaryPlace } from '../../../support/temporary-store.ts';

const value = 'correct horse 7';
/** As a page, a URL, a form and a JSON text would hold it. */
const spellings = [value, encodeURIComponent(value), value.replaceAll(' ', '+')];

async function filesUnder(folder: string): Promise<readonly Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name))));
}

it('a secret is typed into the page, and kept in nothing that the step leaves behind', async () => {
  // Everything that a page may do with it: keep it, show it, put it in an address, ask about it.
  const site = await countingServer((response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><body style="margin:0">
      <form action="/in"><input name="word" style="width:300px;height:40px"></form><script>
      document.forms[0].addEventListener('submit', () => {
        const { value } = document.forms[0].word;
        localStorage.word = sessionStorage.word = value;
        document.cookie = 'word=' + encodeURIComponent(value);
        alert('Welcome ' + value);
      });</script>`);
  });
  const script: readonly ModelResponse[] = [
    callResponse('r1', [click(10, 10), { type: 'type', text: '{{secret:shop}}\n' }]),
    { ...callResponse('r2', [{ type: 'wait' }]), text: `I read ${value} somewhere` },
    callResponse('r3', [{ type: 'type', text: value }]),
    textResponse('r4', `in, with ${value}`),
  ];
  const requests: ModelRequest[] = [];
  const model: Model = {
    create: async (request) => {
      requests.push(request);
      return script[requests.length - 1] ?? textResponse('r9', '');
    },
    retrieve: () => Promise.reject(new Error('nothing is under way')),
    cancel: async () => undefined,
  };
  const stored = await temporaryPlace();
  const { dataFolder: folder } = stored;
  const store = await openTemporary(stored);
  const secrets = [{ name: 'shop', origins: [site.origin] }];
  const step = { id: 'visit', kind: 'computer_use', startUrl: site.origin, goal: 'log in', secrets };
  const definition = leadMagnet({ network: { navigate: [site.origin] }, steps: [step] });
  const { tenant, version, submittedAt, url: jobUrl } = job;
  await store.jobs.open(job.id, { tenant, version, definition, form: {}, submittedAt, jobUrl }, new Date());
  const run = computerStep(store, model, {
    computers: createComputerHosts({ ...(await temporaryHosts()), hostsFolder: join(folder, 'browsers') }),
    secrets: { shop: value },
    allowPrivateOrigins: [site.origin],
  });
  const place = activityPlace();
  const beats: unknown[] = [];
  place.on('heartbeat', (details: unknown) => beats.push(details));
  const result = await place.run(run, stepInput(definition));

  expect(result).toMatchObject({ state: 'succeeded', output: { value: { text: 'in, with {{secret:shop}}' } } });
  expect(site.received.some(({ url }) => new URL(url, site.origin).searchParams.get('word') === value)).toBe(true);
  expect(JSON.stringify(requests)).toContain('Welcome {{secret:shop}}');
  const rows = [...(await storedRows(stored)).values()].flat();
  const columns = rows.flatMap((row) => Object.values(row).map((column) => Buffer.from(String(column))));
  expect(columns.length).toBeGreaterThan(100);
  const left = [Buffer.from(JSON.stringify([result, beats, requests])), ...columns, ...(await filesUnder(folder))];
  expect(left.length).toBeGreaterThan(5);
  for (const spelling of spellings) expect(left.some((bytes) => bytes.includes(spelling))).toBe(false);
});
