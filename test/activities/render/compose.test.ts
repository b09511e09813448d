import { describe, expect, it } from 'vitest';
import compose from '../../../activities/render/compose.ts';
import type { JsonObject } from '../../../workflows/contract/json/json.ts';

function composed(template: string, data: JsonObject = {}) {
  return compose({ template, data, fallbackTitle: 'Untitled' });
}

/** The body without the attributes that every block has. */
function body(template: string, data: JsonObject = {}): string {
  const { html } = composed(template, data);
  return html
    .slice(html.indexOf('<body>') + 6, html.indexOf('</body>'))
    .replaceAll(' dir="auto"', '')
    .trim();
}

const list = 'We found:\n\n1. No price\n2. No phone\n   - nor a fax\n\nMend it.';

describe('a plain value', () => {
  it('keeps its lines and paragraphs, in HTML and in Markdown', () => {
    expect(body('Note: {{note}} (end)', { note: 'one\ntwo\r\n\r\nthree' })).toBe(
      '<p>Note: one<br />\ntwo</p>\n<p>three (end)</p>',
    );
    expect(composed('Note: {{note}} (end)', { note: 'one\ntwo\r\n\r\nthree' }).markdown).toBe(
      'Note: one\\\ntwo\n\nthree (end)',
    );
  });

  it("shows a model's list line by line, with what belongs under what", () => {
    expect(body('{{text}}', { text: list })).toBe(
      '<p>We found:</p>\n<p>1. No price<br />\n2. No phone<br />\n\u00A0\u00A0\u00A0- nor a fax</p>\n<p>Mend it.</p>',
    );
  });

  it('stays in its item, quotation, cell or heading', () => {
    const note = 'a\nb\n\nc';
    expect(body('- {{note}}\n- next', { note })).toBe(
      '<ul>\n<li>a<br />\nb<br />\n<br />\nc</li>\n<li>next</li>\n</ul>',
    );
    expect(body('> {{note}}', { note })).toBe('<blockquote>\n<p>a<br />\nb</p>\n<p>c</p>\n</blockquote>');
    expect(body('|x|y|\n|-|-|\n|{{note}}|z|', { note: 'a|b\nc' })).toContain('<td>a|b<br />\nc</td>\n<td>z</td>');
    expect(body('# {{note}}', { note })).toBe('<h1>a<br />\nb<br />\n<br />\nc</h1>');
    expect(composed('> - {{note}}\n>\n> end', { note }).markdown).toBe('> - a\\\n>   b\n>\n>   c\n>\n> end');
    expect(composed('|x|\n|-|\n|{{note}}|', { note: 'a|b\nc' }).markdown).toBe('|x|\n|-|\n|a\\|b c|');
  });

  it.each([
    '1. one',
    '- one',
    '+ one',
    '===',
    '---',
    '    code',
    '~~~',
    '```',
    '| a |\n|---|',
    '<b>x</b>',
    '*x* _y_ [z](u)',
  ])('is no Markdown, neither in HTML nor in the Markdown that comes out: %j', (value) => {
    const { markdown } = composed('Before\n\n{{value}}\n\nAfter', { value });
    const direct = body('Before\n\n{{value}}\n\nAfter', { value });
    for (const html of [direct, body(markdown)]) {
      expect(html.replaceAll(/<\/?p>|<br \/>/g, '')).not.toMatch(/<[a-z]/);
      expect(html).toMatch(/^<p>Before<\/p>[^]*<p>After<\/p>$/);
    }
  });

  it('stands as it is in code, and as a component in the query of a link', () => {
    expect(body('`{{x}}`', { x: 'a*b <c>' })).toBe('<p><code>a*b &lt;c&gt;</code></p>');
    expect(body('```\n{{x}}\n```', { x: '```\n*b*' })).toBe('<pre><code>```\n*b*\n</code></pre>');
    expect(body('[go]({{site}}) [find](https://a.test/?q={{q}})', { site: 'https://b.test/x', q: 'a&b=c' })).toBe(
      '<p><a href="https://b.test/x">go</a> <a href="https://a.test/?q=a%26b%3Dc">find</a></p>',
    );
    expect(body('[go]({{site}})', { site: 'javascript:alert(1)' })).not.toContain('javascript');
    expect(body('[go]({{site}})', { site: 'https://a.test/" onclick="x' })).not.toContain('" onclick');
  });
});

describe('a value that is set as Markdown', () => {
  it('becomes the list, the emphasis and the table that it is', () => {
    expect(body('{{{text}}}', { text: list })).toBe(
      '<p>We found:</p>\n<ol>\n<li>No price</li>\n<li>No phone\n<ul>\n<li>nor a fax</li>\n</ul>\n</li>\n</ol>\n<p>Mend it.</p>',
    );
    expect(body('In short: {{{text}}}', { text: '**yes**' })).toBe('<p>In short: <strong>yes</strong></p>');
    expect(body('In short: {{{text}}} So it is.', { text: '- a\n- b' })).toBe(
      '<p>In short: </p>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<p> So it is.</p>',
    );
  });

  it('has its headings below the one that it stands under, in HTML and in Markdown', () => {
    const text = '# Big\n\nSmall\n-----\n\n###### Least';
    const template = '# Report\n\n## Findings\n\n{{{text}}}\n\n## Next';
    expect(body(template, { text }).match(/<h\d>.*?<\/h\d>/g)).toEqual([
      '<h1>Report</h1>',
      '<h2>Findings</h2>',
      '<h3>Big</h3>',
      '<h4>Small</h4>',
      '<h6>Least</h6>',
      '<h2>Next</h2>',
    ]);
    expect(composed(template, { text }).markdown).toBe(
      '# Report\n\n## Findings\n\n### Big\n\n#### Small\n\n\n###### Least\n\n## Next',
    );
  });

  it.each(['```\nnever closed', '> quoted', '<div>', '[ref]: http://evil.test', '- open', '<!--', '\uE0000\uE001'])(
    'ends where it ends, whatever it leaves open: %j',
    (text) => {
      const { markdown } = composed('{{{text}}}\n\n## After\n\n[ref]', { text });
      for (const html of [body('{{{text}}}\n\n## After\n\n[ref]', { text }), body(markdown)]) {
        expect(html).toContain('<h2>After</h2>');
      }
      expect(body('{{{text}}}\n\n## After\n\n[ref]', { text })).toMatch(/<p>\[ref\]<\/p>$/);
    },
  );

  it('brings no HTML, scripts, pictures or script links, and says that it left a picture out', () => {
    const text = '<script>x</script> ![shot](http://evil.test/x.png) [a](javascript:alert(1)) <img src=x onerror=y>';
    const { html, notes } = composed('{{{text}}}', { text });
    expect(html).not.toMatch(/<script|<img|href="javascript/);
    expect(html).toContain('[image not shown: shot]');
    expect(notes).toEqual(['an image that a value names is not shown']);
  });

  it('that is nested too deeply comes out as text, whole, with a note', () => {
    const text = `${'> '.repeat(150)}the end`;
    const { html, notes } = composed('{{{text}}}', { text });
    expect(html).toContain('the end');
    expect(notes).toEqual(['a value is nested too deeply to be set as Markdown']);
  });
});

describe('the title of a document', () => {
  it('is its first heading of the first level with the values in it, else the one given', () => {
    expect(composed('## Small\n\n# Audit of *{{x}}*', { x: '<Ö & C*' }).html).toContain(
      '<title>Audit of &lt;Ö &amp; C*</title>',
    );
    expect(composed('text').html).toContain('<title>Untitled</title>');
  });
});
