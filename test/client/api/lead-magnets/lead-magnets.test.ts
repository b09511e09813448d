/** Saving and reading lead magnets over HTTP. */
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { aiStep, smallForm } from '../../../support/definitions.ts';
import { problemOf, testApi } from '../harness.ts';

const definition = { slug: 'audit', name: 'Audit', form: smallForm, steps: [aiStep('look')] };
const yaml = (content: unknown, headers = {}) => ({
  method: 'POST',
  body: typeof content === 'string' ? content : stringify(content),
  headers: { 'content-type': 'application/yaml', ...headers },
});

test('a definition is saved as a version, and saved again unchanged it stays that version', async () => {
  const { ask, post } = await testApi();
  const first = await ask('/v1/lead-magnets', yaml(definition));
  expect(first.status).toBe(201);
  expect(await first.json()).toMatchObject({ slug: 'audit', version: 1, formUrl: 'https://jobs.example.com/f/audit' });
  expect((await post('/v1/lead-magnets', definition)).status).toBe(200);
  const changed = await post('/v1/lead-magnets', { ...definition, name: 'Audit, again' });
  expect(changed.status).toBe(201);
  expect(await changed.json()).toMatchObject({ version: 2 });
  expect(await (await ask('/v1/lead-magnets')).json()).toMatchObject({ leadMagnets: [{ slug: 'audit', version: 2 }] });
  expect(await (await ask('/v1/lead-magnets/audit')).json()).toMatchObject({ definition: { name: 'Audit, again' } });
});

test('a definition with problems is refused with every one of them and its path', async () => {
  const { ask } = await testApi();
  const steps = [
    aiStep('look', { needs: ['report'] }),
    aiStep('report', { needs: ['look', 'nothing'], instructions: '{{form.absent}}' }),
    aiStep('other'),
    aiStep('other', { limits: { attemptSeconds: 0.5 } }),
  ];
  const deliver = [{ kind: 'email', to: '{{form.email}}', subject: 'x', schedule: { cron: 'whenever' } }];
  const refused = await ask('/v1/lead-magnets', yaml({ ...definition, steps, deliver }));
  expect(refused.status).toBe(422);
  const { problems } = await problemOf(refused);
  const paths = problems.map(({ path }) => path);
  expect(problems.some(({ message }) => message.includes('in a cycle: look → report → look'))).toBe(true);
  for (const path of [
    'steps[1].needs[1]',
    'steps[1].instructions',
    'steps[3].id',
    'steps[3].limits',
    'deliver[0].schedule',
  ]) {
    expect(paths).toContain(path);
  }
});

test('what is neither YAML nor JSON is answered 400', async () => {
  const { ask } = await testApi();
  expect((await ask('/v1/lead-magnets', yaml('slug: [never: closed'))).status).toBe(400);
  const broken = { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } };
  expect((await ask('/v1/lead-magnets', broken)).status).toBe(400);
});

test('a body above 1 MiB is answered 413, announced or streamed', async () => {
  const { ask } = await testApi();
  const large = 'x'.repeat(1024 * 1024 + 1);
  const announced = await ask('/v1/lead-magnets', yaml(large, { 'content-length': String(large.length) }));
  expect(announced.status).toBe(413);
  const body = new Blob([large]).stream();
  const streamed = await ask('/v1/lead-magnets', { ...yaml(''), body, duplex: 'half' });
  expect(streamed.status).toBe(413);
  expect((await problemOf(streamed)).type).toBe('/problems/too-large');
});

test('a lead magnet that is not there is answered 404', async () => {
  const { ask, post } = await testApi();
  expect((await ask('/v1/lead-magnets/nothing')).status).toBe(404);
  expect((await post('/v1/lead-magnets/nothing/submissions', { form: {} })).status).toBe(404);
});
