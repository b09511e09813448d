/** Tables byte by byte as spreadsheets save them, sent to a batch: the items have the values that were typed. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { problemOf, testApi, type Api } from '../harness.ts';

type Content = string | Uint8Array<ArrayBuffer> | ReadableStream;

const Made = z.object({ id: z.string() });
const Sent = z.object({
  added: z.int(),
  read: z.object({ encoding: z.string(), delimiter: z.string().nullable(), notes: z.array(z.string()) }).nullable(),
});
const prompt = 'Greet {{item.Name}} of {{item.Ort}}';

/** Bytes from a text of which each character is one byte. */
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf16 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'utf16le'));
const swapped = (content: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(content).swap16());

async function made({ post }: Api): Promise<string> {
  const answer = await post('/v1/batches', { name: 'people', model: 'gpt-5.4-mini', prompt });
  return Made.parse(await answer.json()).id;
}

function send({ ask }: Api, id: string, content: Content, query = '', type = 'text/csv'): Promise<Response> {
  const init = { method: 'POST', body: content, headers: { 'content-type': type }, duplex: 'half' } as const;
  return ask(`/v1/batches/${id}/items${query}`, init);
}

/** Sends a file to a new batch. Returns how it was read and the items as they are stored. */
async function taken(content: Content, query = '', type = 'text/csv') {
  const api = await testApi();
  const id = await made(api);
  const answer = await send(api, id, content, query, type);
  const sent = Sent.parse(await answer.json());
  const items = (await api.store.batchItems.page(id, { after: null, limit: 1000 })).map(({ item }) => item);
  return { ...sent, items };
}

const people = [
  { Name: 'Jörg Müßig', Ort: 'Köln', Betrag: '1.234,50 €' },
  { Name: 'Zoë; die Zweite', Ort: 'Besançon', Betrag: '-3,5' },
];

test('German Excel: semicolons in Windows-1252, decimal commas left as text, and the guess is reported in a line', async () => {
  const file = bytes(
    'Name;Ort;Betrag\r\nJ\xf6rg M\xfc\xdfig;K\xf6ln;1.234,50 \x80\r\n"Zo\xeb; die Zweite";Besan\xe7on;-3,5\r\n',
  );
  const { items, read } = await taken(file);
  expect(items).toEqual(people);
  expect(read).toMatchObject({ encoding: 'windows-1252', delimiter: 'semicolon' });
  expect(read?.notes).toEqual([expect.stringContaining('line 2 reads "Jörg Müßig;Köln;1.234,50 €"')]);
});

test('Excel\'s "CSV UTF-8": a byte order mark and semicolons', async () => {
  const file = `\uFEFFName;Ort;Betrag\r\nJörg Müßig;Köln;1.234,50 €\r\n"Zoë; die Zweite";Besançon;-3,5\r\n`;
  const { items, read } = await taken(file);
  expect(items).toEqual(people);
  expect(read).toEqual({ encoding: 'utf-8', delimiter: 'semicolon', notes: [] });
});

const tabbed = 'Name\tOrt\tBetrag\r\nJörg Müßig\tKöln\t1.234,50 €\r\nZoë; die Zweite\tBesançon\t-3,5\r\n';
test.each([
  ['Excel\'s "Unicode text": UTF-16 with tabs and a mark', utf16(`\uFEFF${tabbed}`), 'utf-16le'],
  ['UTF-16 in the other order', swapped(utf16(`\uFEFF${tabbed}`)), 'utf-16be'],
  ['UTF-16 without a mark', utf16(tabbed), 'utf-16le'],
  ['UTF-16 in the other order without a mark', swapped(utf16(tabbed)), 'utf-16be'],
])('%s', async (_, file, encoding) => {
  const { items, read } = await taken(file);
  expect(items).toEqual(people);
  expect(read).toEqual({ encoding, delimiter: 'tab', notes: [] });
});

test('Excel\'s "CSV (Macintosh)": lines that end with a carriage return, in the Mac\'s encoding', async () => {
  const { items, read } = await taken(bytes('Name,Ort\rJ\x9arg,K\x9aln\rZo\x91,"Besan\x8don, Doubs"\r'));
  expect(items).toEqual([
    { Name: 'Jörg', Ort: 'Köln' },
    { Name: 'Zoë', Ort: 'Besançon, Doubs' },
  ]);
  expect(read).toMatchObject({ encoding: 'macintosh', delimiter: 'comma' });
  expect(read?.notes[0]).toContain('line 2 reads "Jörg,Köln"');
});

test('line breaks in quotes stay as they are, whatever ends the rows, and lines are counted with them', async () => {
  const { items } = await taken('Name;Ort\r\n"Jörg\nMüßig";"a\r\nb"\r\n"sagt ""ja""";c\n');
  expect(items).toEqual([
    { Name: 'Jörg\nMüßig', Ort: 'a\r\nb' },
    { Name: 'sagt "ja"', Ort: 'c' },
  ]);
  const api = await testApi();
  const wrong = await problemOf(await send(api, await made(api), 'Name;Ort\r\n"a\r\nb\r\nc";d\r\ne;f;g\r\n'));
  expect(wrong.problems).toEqual([{ path: 'line 5', message: expect.stringContaining('contain semicolons') }]);
});

test('a carriage return within a field ends no row where line feeds do', async () => {
  const { items } = await taken('Name;Ort\r\nAda\rLovelace;London\r\n');
  expect(items).toEqual([{ Name: 'Ada\rLovelace', Ort: 'London' }]);
});

test('the same bytes under the same key, read otherwise, are another upload', async () => {
  const api = await testApi();
  const id = await made(api);
  const upload = async (query: string): Promise<number> => {
    const headers = { 'content-type': 'text/csv', 'idempotency-key': 'k' };
    const init = { method: 'POST', body: bytes('Name;Ort\nJ\xf6rg;b\n'), headers };
    return (await api.ask(`/v1/batches/${id}/items${query}`, init)).status;
  };
  expect([await upload(''), await upload(''), await upload('?encoding=windows-1250')]).toEqual([200, 200, 409]);
});

test("Excel's first line names the delimiter, and is no row; lines are counted from it", async () => {
  const { items, read } = await taken('sep=|\r\nName|Ort\r\nAda|London, SW1;a\r\n');
  expect([items, read?.delimiter]).toEqual([[{ Name: 'Ada', Ort: 'London, SW1;a' }], 'pipe']);
  const api = await testApi();
  const wrong = await problemOf(await send(api, await made(api), 'sep=;\nName;Ort\na;b;c\n'));
  expect(wrong.problems[0]?.path).toBe('line 3');
});

test('rows that a spreadsheet saves as delimiters alone are left out, and reported', async () => {
  const { items, read } = await taken('Name;Ort\r\nAda;London\r\n;\r\n;\r\n');
  expect(items).toHaveLength(1);
  expect(read?.notes).toEqual(['2 rows without any value were left out.']);
});

test('what is named is not guessed: another code page, another delimiter', async () => {
  const polish = bytes('Name;Ort\r\nStanis\xb3aw;\xa3\xf3d\x9f\r\n');
  const { items, read } = await taken(polish, '?encoding=windows-1250');
  expect([items, read?.notes]).toEqual([[{ Name: 'Stanisław', Ort: 'Łódź' }], []]);
  const api = await testApi();
  const id = await made(api);
  const named = await problemOf(await send(api, id, 'Name;Ort\na;b\n', '?delimiter=comma'));
  expect(named.problems[0]?.message).toContain('read with commas between columns there are Name;Ort');
  const utf8 = await problemOf(await send(api, id, polish, '?encoding=utf-8'));
  expect(utf8.problems).toEqual([{ path: 'line 2', message: expect.stringContaining('is not text in utf-8') }]);
  expect((await problemOf(await send(api, id, polish, '?encoding=ebcdic'))).status).toBe(400);
  expect(await api.store.batchItems.size(id)).toMatchObject({ items: 0 });
});

test('the encoding is recognised by the first letter beyond ASCII, however late and wherever the pieces are cut', async () => {
  const plain = Array.from({ length: 20_000 }, (_, index) => `n${index};c\r\n`).join('');
  const utf8 = Buffer.from(`Name;Ort\r\n${plain}Jörg;Köln 👋\r\n`);
  const latin = bytes(`Name;Ort\r\n${plain}J\xf6rg;K\xf6ln\r\n`);
  for (const [file, ort, encoding, notes] of [
    [utf8, 'Köln 👋', 'utf-8', []],
    [latin, 'Köln', 'windows-1252', [expect.stringContaining('line 20002 reads "Jörg;Köln"')]],
  ] as const) {
    const cut = ReadableStream.from(pieces(Uint8Array.from(file), 997));
    const api = await testApi();
    const id = await made(api);
    const { read, added } = Sent.parse(await (await send(api, id, cut)).json());
    expect([added, read]).toMatchObject([20_001, { encoding, notes }]);
    const [last] = await api.store.batchItems.page(id, { after: 19_999, limit: 1 });
    expect(last?.item).toEqual({ Name: 'Jörg', Ort: ort });
  }
});

test('a NUL in a row refuses it with its line; so does text that breaks off within a letter', async () => {
  const api = await testApi();
  const id = await made(api);
  const nul = await problemOf(await send(api, id, 'Name;Ort\na;b\nc\0;d\n'));
  expect(nul.problems).toEqual([{ path: 'line 3', message: expect.stringContaining('NUL') }]);
  const cut = Buffer.concat([Buffer.from('Name;Ort\nä;b\nc;'), Buffer.from('ö').subarray(0, 1)]);
  const broken = await problemOf(await send(api, id, cut, '?encoding=utf-8'));
  expect(broken.problems).toEqual([{ path: 'line 3', message: expect.stringContaining('utf-8') }]);
});

test('JSON lines are read in UTF-16 too, as a Windows shell redirects them', async () => {
  const { items, read } = await taken(utf16('\uFEFF{"Name":"Jörg","Ort":"Köln"}\r\n'), '', 'application/x-ndjson');
  expect(items).toEqual([{ Name: 'Jörg', Ort: 'Köln' }]);
  expect(read).toEqual({ encoding: 'utf-16le', delimiter: null, notes: [] });
});

function* pieces(content: Uint8Array, size: number): Generator<Uint8Array> {
  for (let from = 0; from < content.length; from += size) yield content.subarray(from, from + size);
}
