import { createServer } from 'node:http';
import { PNG } from 'pngjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import { createChromiumPdfPrinter } from '../../../activities/render/chromium-pdf.ts';
import placeImages from '../../../activities/render/place-images.ts';
import { createRunRender } from '../../../activities/render/run-render.ts';
import type { StepActivityResult } from '../../../workflows/contract/jobs/job.ts';
import { readDefinition } from '../../../workflows/contract/lead-magnets/lead-magnet-check.ts';
import { activityPlace, job, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { chromium } from '../../support/computer-use/chromium-computer.ts';
import { aiStep, smallForm } from '../../support/definitions.ts';
import { pdfImages } from '../../support/documents/pdf-glyphs.ts';

/** A picture of one colour. */
function png(): Buffer {
  const picture = new PNG({ width: 40, height: 30 });
  picture.data.fill(0x80);
  return PNG.sync.write(picture);
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

/** Pictures on the web, and what looks like them; answers on loopback, which the operator allows. */
async function pictureServer(): Promise<string> {
  const server = createServer(({ url }, response) => {
    if (url === '/moved.png') response.writeHead(302, { location: 'http://169.254.169.254/x.png' }).end();
    else if (url === '/gone.png') response.writeHead(404).end();
    else if (url === '/logo.svg') response.writeHead(200, { 'content-type': 'image/png' }).end(svg);
    else if (url === '/large.png') response.writeHead(200).end(Buffer.concat([png(), Buffer.alloc(5_000_001)]));
    else response.writeHead(200).end(png());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
  return `http://127.0.0.1:${address.port}`;
}

async function rendered(
  template: string,
  parts: { form?: Record<string, string>; rows?: readonly string[]; origin?: string; logo?: string } = {},
) {
  const report = { id: 'report', kind: 'render', template: 'as it was saved', pdf: parts.rows === undefined };
  const { store, definition } = await storeWithJob({ steps: [report, aiStep('look')] });
  const put = (name: string, content: Uint8Array) =>
    store.artifacts.put({ jobId: job.id, stepId: 'look', name, mediaType: 'image/png', content, deliverable: false });
  await put('look.screen-0001.png', png());
  await put('form.photo.me.svg', Buffer.from(svg));
  const http = createGuardedHttp({ allowPrivateOrigins: parts.origin === undefined ? [] : [parts.origin] });
  const run = createRunRender({ store, http, pdfPrinter: createChromiumPdfPrinter(chromium) });
  const look = { language: 'de', logo: parts.logo ?? null };
  const outputs = { look: { kind: 'inline', value: { rows: [...(parts.rows ?? [])] } } } as const;
  const input = stepInput(definition, { form: parts.form ?? {}, outputs, job: { ...job, look } });
  // Not through the check of a definition: what was saved before it is rendered all the same.
  const step = { ...input.step, template };
  const { artifacts }: StepActivityResult = await activityPlace().run(run, { ...input, step });
  const content = async (name: string): Promise<Buffer> =>
    store.artifacts.getContent(artifacts.find((artifact) => artifact.name === name)?.sha256 ?? '');
  const reported = (await store.events.after(job.id, 0, 100))
    .filter(({ type }) => type === 'render.note')
    .map(({ message }) => message);
  return {
    html: (await content('report.html')).toString('utf8'),
    pdf: parts.rows === undefined ? await content('report.pdf') : Buffer.alloc(0),
    reported,
  };
}

describe('an image of a report', () => {
  it('that is a file of the job stands in the HTML and in the PDF', async () => {
    const { html, pdf, reported } = await rendered('# Report\n\n![The *page*](artifact:look.screen-0001.png)');
    expect(html).toContain(`<img src="data:image/png;base64,${png().toString('base64')}" alt="The page" />`);
    expect(html).toContain('<html lang="de">');
    expect(await pdfImages(pdf)).toBe(1);
    expect(reported).toEqual([]);
  });

  it('that is missing, or is no picture, gets a note and leaves its words', async () => {
    const { html, reported } = await rendered(
      '![Page](artifact:look.screen-0002.png) ![Me](artifact:{{form.website}})',
      {
        form: { website: 'form.photo.me.svg' },
      },
    );
    expect(html).toContain('[image not shown: Page]');
    expect(html).toContain('[image not shown: Me]');
    expect(reported).toEqual([
      'the image artifact:look.screen-0002.png is not shown: this job has no file look.screen-0002.png',
      'the image artifact:form.photo.me.svg is not shown: it is no PNG, JPEG, GIF or WebP',
    ]);
  });

  it('on the web is fetched when the report is made, the logo too', async () => {
    const origin = await pictureServer();
    const { html, pdf, reported } = await rendered(`![p](${origin}/a.png?of={{form.website}})`, {
      origin,
      logo: `${origin}/logo.png`,
      form: { website: 'x&y' },
    });
    expect(html.match(/<img src="data:image\/png/g)).toHaveLength(2);
    expect(html).toMatch(/<body><img src="data:[^>]* alt="" class="logo" \/>/);
    expect(html).not.toContain(origin);
    expect(await pdfImages(pdf)).toBe(2);
    expect(reported).toEqual([]);
  });

  it('on the web that fails, is too large, is an SVG or leads into a private network gets a note', async () => {
    const origin = await pictureServer();
    const names = ['gone.png', 'large.png', 'logo.svg', 'moved.png'];
    const { html, reported } = await rendered(names.map((name) => `![${name}](${origin}/${name})`).join(' '), {
      origin,
    });
    expect(html).not.toContain('<img');
    expect(reported.map((message) => message.replace(/^.* is not shown: /, ''))).toEqual([
      `${new URL(origin).host} answered 404`,
      'it is larger than 5 MB',
      'it is no PNG, JPEG, GIF or WebP',
      expect.stringContaining('169.254.169.254'),
    ]);
  });

  it('that a list in the data repeats gets one note, and neither it nor its notes grow without bound', async () => {
    const { html, reported } = await rendered(
      '{{#steps.look.output.rows}}![p](artifact:look.screen-0001.png) ![q](artifact:{{.}}) {{/steps.look.output.rows}}',
      { rows: Array.from({ length: 5_000 }, (_, row) => `${row % 500}.png`) },
    );
    expect(html.match(/<img src="data:image\/png/g)).toHaveLength(1_000);
    expect(html.match(/\[image not shown: p\]/g)).toHaveLength(4_000);
    expect(html.match(/\[image not shown: q\]/g)).toHaveLength(5_000);
    expect(reported).toHaveLength(51);
    expect(reported[0]).toBe('a document shows at most 100 different images, at 2000 places: some are not shown');
    expect(reported.at(-1)).toBe('and 50 more of the kind');
  });

  it('never goes where a value says', async () => {
    const origin = await pictureServer();
    const { html, reported } = await rendered('![a]({{form.website}})', {
      origin,
      form: { website: `${origin}/a.png` },
    });
    expect(html).toContain('[image not shown: a]');
    expect(reported).toEqual([expect.stringContaining('not one that the report’s author wrote')]);
  });

  it.each([
    ['![a](look.png)', 'must be artifact:<name>'],
    ['![a]({{form.website}})', 'the image {{…}} must be artifact:<name>'],
    ['![a](https://{{form.website}}/a.png)', 'whose host is written out'],
    ['![a](https://a.test@{{form.website}}/a.png)', 'whose host is written out'],
    ['![a][ref]\n\n[ref]: data:image/png;base64,AA', 'must be artifact:<name>'],
    ['![a](artifact:lok.screen-0001.png)', 'nothing in this job makes the image artifact:lok.screen-0001.png'],
  ])('is refused when the definition is saved, with a sentence: %s', (template, sentence) => {
    const { problems } = readDefinition({
      slug: 'test',
      name: 'Test',
      form: smallForm,
      steps: [{ id: 'report', kind: 'render', template }],
    });
    expect(problems).toEqual([{ path: 'steps[0].template', message: expect.stringContaining(sentence) }]);
  });
});

it('pictures inside a document have 20 MB at all their places, and what does not fit is reported in one sentence', () => {
  const large = { picture: { mediaType: 'image/png', content: new Uint8Array(3_000_000) } };
  const small = { picture: { mediaType: 'image/png', content: png() } };
  const place = (index: number): string => `<img src="lodestone-image:${index}" alt="a" />`;
  const sources = ['large.png', 'small.png', 'none.png'].map((source) => ({ kind: 'artifact', source }) as const);
  const html = `${place(0).repeat(100)}${place(1)}${place(2).repeat(2)}`;
  const { content, notes, shown } = placeImages({
    html,
    sources,
    images: [large, small, { problem: 'it is gone' }],
    how: 'inside',
  });
  const text = Buffer.from(content).toString('utf8');
  expect(text.match(/<img src="data:/g)).toHaveLength(7);
  expect(text.match(/\[image not shown: a\]/g)).toHaveLength(96);
  expect(content.byteLength).toBeLessThan(27_000_000);
  expect(shown).toEqual([0, 1]);
  expect(notes).toEqual([
    'the image large.png is not shown: the images at all places are larger than 20 MB (at 94 places)',
    'the image none.png is not shown: it is gone (at 2 places)',
  ]);
});
