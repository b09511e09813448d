/** Results as files for spreadsheets: delimiters, encodings, and nothing replaced or run. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { opensBatches, workOnBatch } from '../batches/batch-work.ts';
import { problemOf, testApi, type Api } from '../harness.ts';

/** A batch of which the first item is answered with a formula. */
async function ended(
  rows: string,
): Promise<{ readonly api: Api; readonly results: (query: string) => Promise<Response> }> {
  const api = await testApi();
  opensBatches(api);
  const definition = { name: 'Greet', model: 'gpt-5.4-mini', prompt: 'Greet {{item.name}}' };
  const made: unknown = await (await api.post('/v1/batches', definition)).json();
  const { id } = z.object({ id: z.string() }).parse(made);
  const init = { method: 'POST', body: rows, headers: { 'content-type': 'text/csv' } };
  expect((await api.ask(`/v1/batches/${id}/items`, init)).status).toBe(200);
  await api.ask(`/v1/batches/${id}/start`, { method: 'POST' });
  await workOnBatch(api.store, id);
  return { api, results: (query) => api.ask(`/v1/batches/${id}/results.csv${query}`) };
}

const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

test('results.csv has the delimiter and encoding that are asked for; formulas stay harmless in each', async () => {
  const { results } = await ended('name;note\nJörg €;"a;b,c"\nAda;=2+3\n');
  const plain = await bytesOf(await results(''));
  expect(plain.toString('utf8').split('\r\n')[1]).toMatch(/^0,succeeded,Jörg €,"a;b,c",,'=1\+1,/);
  const excel = await results('?delimiter=semicolon&encoding=utf-8-bom');
  expect(excel.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const marked = await bytesOf(excel);
  expect([...marked.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(marked.toString('utf8')).toContain(`\r\n0;succeeded;Jörg €;"a;b,c";;'=1+1;`);
  expect(marked.toString('utf8')).toContain("\r\n1;failed;Ada;'=2+3;");
  const wide = await bytesOf(await results('?delimiter=tab&encoding=utf-16le'));
  expect(wide.toString('utf16le')).toMatch(/^\uFEFFposition\tstatus\titem\.name\titem\.note\t/);
  expect(wide.toString('utf16le')).toContain("\r\n0\tsucceeded\tJörg €\ta;b,c\t\t'=1+1\t");
  const old = await bytesOf(await results('?encoding=windows-1252'));
  expect(old.toString('latin1')).toContain('\r\n0,succeeded,J\xf6rg \x80,');
});

test('a result with a character that the encoding lacks is refused with its row, never replaced', async () => {
  const { results } = await ended('name\nAda\nЖанна\n');
  const refused = await problemOf(await results('?encoding=windows-1252'));
  expect([refused.status, refused.detail]).toEqual([
    422,
    'row 3 has "Ж", which windows-1252 lacks; take utf-8-bom or utf-16le',
  ]);
  expect((await results('?encoding=windows-1252&status=succeeded')).status).toBe(200);
  expect((await problemOf(await results('?encoding=macintosh'))).status).toBe(400);
});

test('what was written is read again with the same values', async () => {
  const { results, api } = await ended('name;note\nJörg;"a\nb"\nZoë;"say ""yes"";\t|"\n');
  const made: unknown = await (
    await api.post('/v1/batches', { name: 'again', model: 'gpt-5.4-mini', prompt: '{{item}}' })
  ).json();
  const { id } = z.object({ id: z.string() }).parse(made);
  for (const query of ['?delimiter=tab&encoding=utf-16le', '?delimiter=pipe&encoding=windows-1252']) {
    const body = Uint8Array.from(await bytesOf(await results(query)));
    const init = { method: 'POST', body, headers: { 'content-type': 'text/csv' } };
    expect((await api.ask(`/v1/batches/${id}/items`, init)).status).toBe(200);
  }
  const stored = await api.store.batchItems.page(id, { after: null, limit: 9 });
  expect(stored.map(({ item }) => [item['item.name'], item['item.note']])).toEqual([
    ['Jörg', 'a\nb'],
    ['Zoë', 'say "yes";\t|'],
    ['Jörg', 'a\nb'],
    ['Zoë', 'say "yes";\t|'],
  ]);
});
