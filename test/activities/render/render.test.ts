import { describe, expect, it } from 'vitest';
import { createChromiumPdfPrinter } from '../../../activities/render/chromium-pdf.ts';
import compose from '../../../activities/render/compose.ts';
import { createGuardedHttp } from '../../../activities/http/guarded-fetch.ts';
import { composeInThread } from '../../../activities/render/compose-in-thread.ts';
import { createRunRender } from '../../../activities/render/run-render.ts';
import { pdfText } from '../../../demo/run/pdf-text.ts';
import type { StepActivityResult } from '../../../workflows/contract/jobs/job.ts';
import { activityPlace, stepInput, storeWithJob } from '../../support/jobs/activity-inputs.ts';
import { chromium, noSignal } from '../../support/computer-use/chromium-computer.ts';
import { countingServer } from '../../support/http/counting-server.ts';

const attacks = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '![x](http://127.0.0.1:1/leak)',
  '[click](javascript:alert(1))',
  '[click](data:text/html,<script>alert(1)</script>)',
  '# a heading of their own',
  '</title><script>alert(1)</script>',
  '| a | b |\n|---|---|\n| c | d |',
  '`` `code` ``',
  '\n\n> quoted\n\n- item\n\n1. one',
];

function toHtmlDocument(template: string, fallbackTitle: string): string {
  return compose({ template, data: {}, fallbackTitle }).html;
}

async function rendered(template: string, website: string) {
  const { store, definition } = await storeWithJob({ steps: [{ id: 'report', kind: 'render', template }] });
  const run = createRunRender({
    store,
    http: createGuardedHttp({ allowPrivateOrigins: [] }),
    pdfPrinter: { print: async () => Buffer.from('') },
  });
  const result: StepActivityResult = await activityPlace().run(run, stepInput(definition, { form: { website } }));
  const html = result.artifacts.find(({ name }) => name === 'report.html');
  return { result, html: (await store.artifacts.getContent(html?.sha256 ?? '')).toString('utf8') };
}

describe('a document', () => {
  it.each(attacks)('shows what a stranger wrote as text and nothing else: %s', async (attack) => {
    const { html } = await rendered('# Report\n\nFor {{form.website}}', attack);
    const body = html.slice(html.indexOf('<body>'));
    expect(body.replaceAll(/<\/?(?:body|html|h1|p|br)(?: dir="auto"| \/)?>/g, '')).not.toMatch(/<[a-z!/]/i);
    expect(body.match(/<h1/g)).toHaveLength(1);
    expect(html).toContain('<title>Report</title>');
  });

  it('takes no scripts, styles, frames or handlers, even from its own author', () => {
    const html = toHtmlDocument(
      `# Title <b>&\n\n<script>x</script>\n\n<iframe src="http://a.test"></iframe>\n\n<img src=x onerror=y>`,
      'x',
    );
    expect(html).not.toMatch(/<script|<iframe|<img|<[^>]*\son\w+=|javascript:/i);
    expect(html).toContain('<title>Title &lt;b&gt;&amp;</title>');
  });

  it('keeps headings, tables and links to web addresses, and has a title without a heading', () => {
    const html = toHtmlDocument('| a |\n|:-:|\n| [b](https://example.com) |', 'Fallback');
    expect(html).toContain('<title>Fallback</title>');
    expect(html).toMatch(/<th style="text-align:center">a<\/th>/);
    expect(html).toContain('<a href="https://example.com">b</a>');
  });

  it('comes out as Markdown and HTML under the name of its step', async () => {
    const { result } = await rendered('# Report', '');
    expect(result.artifacts.map(({ name }) => name)).toEqual(['report.md', 'report.html']);
    expect(result.state).toBe('succeeded');
  });
});

describe('composing', () => {
  it('of a 5 MB answer, or of a hostile one, leaves the event loop to others', async () => {
    let turns = 0;
    const clock = setInterval(() => (turns += 1), 5);
    const prose = 'Some *words* of a [sentence](https://a.test).\n\n'.repeat(110_000);
    const nested = Array.from({ length: 1500 }, (_, depth) => `${' '.repeat(depth * 2)}- a`).join('\n');
    for (const text of [prose, nested, '['.repeat(100_000)]) {
      turns = 0;
      const template = '# Report\n\n{{{text}}}';
      const { html } = await composeInThread({ template, data: { text }, fallbackTitle: 'x' }, 'test', noSignal);
      expect(html).toContain('<h1 dir="auto">Report</h1>');
      expect(turns).toBeGreaterThan(0);
    }
    clearInterval(clock);
  }, 120_000);

  it('ends with a sentence when the document would become too long, and is not tried again', async () => {
    const template = `${'{{#list}}'.repeat(6)}{{.}} and so on{{/list}}${'{{/list}}'.repeat(5)}`;
    const list = Array.from({ length: 100 }, (_, index) => index);
    await expect(
      composeInThread({ template, data: { list }, fallbackTitle: 'x' }, 'test', noSignal),
    ).rejects.toMatchObject({
      type: 'step_definition',
      nonRetryable: true,
      message:
        'the document cannot be composed: it is longer than 20 million characters; the values in it are too large or nested too deeply',
    });
  });
});

describe('a PDF', () => {
  it('holds the text, runs no script and asks nobody for anything', async () => {
    const server = await countingServer();
    const hostile = `<img src="${server.origin}/image"><script>document.title='ran';document.body.append('ran')</script>
      <link rel="stylesheet" href="${server.origin}/style"><iframe src="${server.origin}/frame"></iframe>`;
    const html = toHtmlDocument('# Report\n\nZoë found 3 things.', 'x').replace('</body>', `${hostile}</body>`);
    const pdf = await createChromiumPdfPrinter(chromium).print(html, noSignal);
    const text = await pdfText(pdf);
    expect(text).toContain('Zoë found 3 things.');
    expect(text).not.toContain('ran');
    expect(server.connections).toBe(0);
  });
});
