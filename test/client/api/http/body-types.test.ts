/** Bodies are bounded and read strictly whatever spelling of their type the router takes. */
import { describe, expect, it, test } from 'vitest';
import { aiStep, leadMagnet } from '../../../support/definitions.ts';
import { problemOf, testApi, type Api } from '../harness.ts';

async function apiWithForm(): Promise<{ readonly api: Api; readonly send: Send }> {
  const api = await testApi();
  await api.store.leadMagnets.save(leadMagnet({ steps: [aiStep('think')] }), new Date());
  const path = '/f/test';
  return { api, send: (type, body) => api.ask(path, { method: 'POST', body, headers: { 'content-type': type } }) };
}
type Send = (type: string, body: string) => Promise<Response>;

function parts(boundary: string, count: number): string {
  const part = (index: number): string =>
    `--${boundary}\r\ncontent-disposition: form-data; name="f${index}"\r\n\r\nx\r\n`;
  return `${Array.from({ length: count }, (_, index) => part(index)).join('')}--${boundary}--\r\n`;
}

describe('A15: a form of too many fields is refused', () => {
  it.each([
    'multipart/form-data; boundary=XX',
    'multipart/form-data; a="b,c"; boundary=XX',
    `multipart/form-data; a="${'b'.repeat(300)}"; boundary=XX`,
    String.raw`multipart/form-data; boundary="\XX"`,
    'multipart/form-data; boundary=other; boundary=XX',
    'multipart/form-data;x, multipart/form-data; boundary=XX',
    'application/x-www-form-urlencoded;x, multipart/form-data; boundary=XX',
    'Multipart/Form-Data ; Boundary="XX"',
  ])('however its type is written: %s', async (type) => {
    const { send } = await apiWithForm();
    const { status, detail } = await problemOf(await send(type, parts('XX', 1001)));
    expect([400, 415]).toContain(status);
    expect(detail).toMatch(/^the form has more than 1000 fields$|^send the form as /);
  });

  it.each([
    'multipart/form-data;x, application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=utf-8',
    'application/x-www-form-urlencoded;charset="utf-8"',
  ])('as are fields in one line: %s', async (type) => {
    const { send } = await apiWithForm();
    const { status } = await problemOf(await send(type, 'a=b&'.repeat(1001)));
    expect([400, 415]).toContain(status);
  });
});

it.each([
  ['Chromium', 'multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW/+'],
  ['Firefox', 'multipart/form-data; boundary=----geckoformboundary5b6a1fd6e9c8b0a1'],
  ['curl', 'multipart/form-data; boundary=------------------------d74496d66958873e'],
  ['undici', 'multipart/form-data; boundary=----formdata-undici-012345678901'],
  ['Java', 'multipart/form-data;charset=UTF-8;boundary=Boundary_1-2'],
  ['.NET', 'multipart/form-data; boundary="6f0c6a52-35c4-4e5d"'],
])('a form as %s sends it reaches its route', async (_who, type) => {
  const { send } = await apiWithForm();
  const boundary = type.replace(/.*boundary="?/, '').replace('"', '');
  expect((await send(type, parts(boundary, 3))).status, 'a field of the form is missing').toBe(422);
});

test.each([
  'application/json',
  'application/x+json',
  'Application/Problem+JSON; charset=utf-8',
  '\u00A0application/json',
])('a field that is named twice is refused in %s', async (type) => {
  const { ask } = await testApi();
  const body = '{"name":"a","name":"b","model":"gpt-5-mini","prompt":"{{item.a}}"}';
  const refused = await problemOf(
    await ask('/v1/batches', { method: 'POST', body, headers: { 'content-type': type } }),
  );
  expect(refused.detail).toBe('name is named twice; remove one');
});

describe('a definition in JSON, whatever its type says,', () => {
  const send = async (text: string): Promise<Awaited<ReturnType<typeof problemOf>>> => {
    const { ask } = await testApi();
    const init = { method: 'POST', body: text, headers: { 'content-type': 'application/yaml' } };
    return problemOf(await ask('/v1/lead-magnets', init));
  };

  it('is refused where a field is named twice, or a number is rounded', async () => {
    expect(await send('{"slug":"a","form":{"fields":[],"fields":[]}}')).toMatchObject({
      status: 400,
      detail: 'form.fields is named twice; remove one',
    });
    expect((await send('{"slug":"a","cost":12345678901234567890}')).detail).toContain('which no number keeps exactly');
  });

  it('is read as YAML where it only begins like JSON', async () => {
    expect(await send('{slug: a, slug: b}')).toMatchObject({ status: 400, detail: expect.stringContaining('unique') });
    expect((await send('{slug: a}')).status).toBe(422);
  });
});
