/** Files of items as spreadsheets save them, submitted by the command line. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { opensBatches } from '../../api/batches/batch-work.ts';
import { runCommand, servedFolder } from '../harness.ts';

test('a table of another delimiter and encoding is read, and how is said; options override what is detected', async () => {
  const { url, folder, store, batches, ...api } = await servedFolder();
  opensBatches({ ...api, store, batches });
  const [prompt, items] = [join(folder, 'prompt.txt'), join(folder, 'people.txt')];
  await writeFile(prompt, 'Greet {{item.name}}');
  await writeFile(items, Buffer.from('name;ort\r\nJ\xf6rg;K\xf6ln\r\n', 'latin1'));
  const sent = await runCommand(url, 'batch', 'submit', items, '--prompt', prompt, '--model', 'gpt-5.4-mini');
  expect(sent.stderr).toContain(': 1 item\n');
  expect(sent.stderr).toContain('read as windows-1252, semicolons between columns');
  expect(sent.stderr).toContain('line 2 reads "Jörg;Köln"');
  const [batch] = await store.batches.list({ limit: 1 });
  const id = batch?.id ?? '';
  batches.onOrder = async (_, order) => {
    if (order.kind === 'append') await store.batches.change(id, { itemCount: order.itemCount });
    return { as: 'taken', message: '' };
  };
  const named = await runCommand(url, 'batch', 'append', id, items, '--delimiter', ';', '--encoding', 'macintosh');
  expect(named.stderr).toContain('1 item more\nread as macintosh, semicolons between columns\n');
  const stored = await store.batchItems.page(id, { after: null, limit: 5 });
  expect(stored.map(({ item }) => item['ort'])).toEqual(['Köln', 'Kˆln']);
  const unknown = await runCommand(url, 'batch', 'append', id, items, '--delimiter', 'x');
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('comma, semicolon, tab, pipe')]);
});
