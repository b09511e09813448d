/** Items that a person sends on the page of a batch: seen as they would be read, read otherwise, and sent. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openPage } from '../../../../support/browser/browser-page.ts';
import { sealedBatch } from '../../../../support/batches/batches.ts';
import { problemOf, serveApp, testApi, type Api } from '../../harness.ts';

const id = 'batch_1';
const german = Buffer.from(
  'word;Ort;Betrag\r\nJ\xf6rg;K\xf6ln;1,50 \x80\r\n"Zo\xeb\n<b>";Besan\xe7on;-3\r\n',
  'latin1',
);

async function running(): Promise<Api> {
  const api = await testApi();
  const { store, batches } = api;
  await sealedBatch(store, id, 3);
  await store.batches.change(id, { state: 'running', startedAt: new Date().toISOString() });
  batches.onOrder = async (_, order) => {
    if (order.kind === 'append') await store.batches.change(id, { itemCount: order.itemCount });
    return { as: 'taken', message: '' };
  };
  return api;
}

test('in a browser a chosen file is shown as it would be read, is read otherwise on demand, and is sent', async () => {
  const { app, store } = await running();
  const { page, complaints } = await openPage({ viewport: { width: 900, height: 1000 } });
  await page.goto(`${await serveApp(app)}/batches/${id}`);
  await page.getByText('Send more items').click();
  const upload = page.locator('form[data-preview]');
  await page
    .getByLabel('Items', { exact: true })
    .setInputFiles({ name: 'leute.csv', mimeType: 'text/csv', buffer: german });
  await page.getByText('Read as windows-1252, semicolons between columns.').waitFor();
  await page.getByText('line 2 reads "Jörg;Köln;1,50 €"').waitFor();
  expect(await page.locator('#items-preview td').allInnerTexts()).toEqual([
    'Jörg',
    'Köln',
    '1,50 €',
    'Zoë\n<b>',
    'Besançon',
    '-3',
  ]);
  const shot = process.env['SHOT'];
  if (shot !== undefined) await page.screenshot({ path: shot, fullPage: true });
  await upload.getByLabel('Between columns').selectOption('comma');
  await page.getByText('line 1 has no column word').waitFor();
  await upload.getByLabel('Between columns').selectOption('');
  await upload.getByLabel('Encoding').selectOption('macintosh');
  await page.getByRole('cell', { name: 'Jˆrg' }).waitFor();
  await upload.getByLabel('Encoding').selectOption('windows-1252');
  await page.getByRole('cell', { name: 'Jörg' }).waitFor();
  await store.events.append({ jobId: id, type: 'batch.note', message: 'something else happened' });
  await page.getByRole('listitem').filter({ hasText: 'something else happened' }).waitFor();
  expect(await page.getByRole('cell', { name: 'Jörg' }).isVisible(), 'it stays when the page is renewed').toBe(true);
  await page.getByRole('button', { name: 'Send the items' }).click();
  await page.getByText('2 items were sent (windows-1252, semicolons between columns)').waitFor();
  const added = await store.batchItems.page(id, { after: 2, limit: 5 });
  expect(added.map(({ item }) => item)).toEqual([
    { word: 'Jörg', Ort: 'Köln', Betrag: '1,50 €' },
    { word: 'Zoë\n<b>', Ort: 'Besançon', Betrag: '-3' },
  ]);
  await page.getByText('Results for a spreadsheet').click();
  const results = page.locator('form[action$="results.csv"]');
  await results.getByLabel('Between columns').selectOption('semicolon');
  await results.getByLabel('Encoding').selectOption('utf-16le');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    results.getByRole('button', { name: 'Get the CSV' }).click(),
  ]);
  const file = await readFile(await download.path(), 'utf16le');
  expect(file).toContain('\r\n3;pending;Jörg;');
  expect(complaints).toEqual([]);
});

test('the beginning of a file is shown though it is cut off anywhere; JSON lines have their fields as columns', async () => {
  const { ask } = await running();
  const look = async (name: string, body: string | Uint8Array<ArrayBuffer>, cut = true): Promise<string> => {
    const answer = await ask(`/batches/${id}/items-preview?name=${name}&cut=${cut}&delimiter=&encoding=`, {
      method: 'POST',
      body,
    });
    expect(answer.status).toBe(200);
    return answer.text();
  };
  const rows = Buffer.from(`word\tOrt\r\n${'Jörg\t"Köln, a\nb"\r\n'.repeat(9)}`, 'utf16le');
  for (const length of [rows.length - 1, rows.length - 11, 300]) {
    const text = await look('a.txt', Uint8Array.from(rows.subarray(0, length)));
    expect(text.match(/<td>Jörg<\/td>/g)).toHaveLength(5);
    expect(text).toContain('utf-16le, tabs between columns');
  }
  const lines = await look('a.jsonl', '{"word":"a","n":9007199254740993}\n{"word":{"x":1}}\n{"wo');
  expect(lines).toContain('<td>9007199254740993</td>');
  expect(lines).toContain('<td>{&quot;x&quot;:1}</td>');
  const unclosed = await look('a.csv', 'word;b\n"a;b\n', false);
  expect(unclosed).toContain('never closed');
});

test('what is no table is refused with how to make one of it', async () => {
  const { ask } = await running();
  const sent = await ask(`/batches/${id}/items-preview?name=a.xlsx`, { method: 'POST', body: 'PK' });
  expect((await problemOf(sent)).detail).toContain('save a workbook as CSV first');
});
