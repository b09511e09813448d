/** The HTML document around a body: self-contained, without scripts or requests, readable on screen and on paper. */
import sanitizeHtml from 'sanitize-html';
import { escapeHtml } from './value-html.ts';

const style = `
:root { color-scheme: light; --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea; --accent: #0b6e69; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 3rem 1.5rem 4rem; color: var(--ink); background: #fff;
  font: 16px/1.6 "Liberation Sans", "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1.5rem; padding-bottom: 1rem; border-bottom: 3px solid var(--accent); }
h2 { font-size: 1.3rem; margin: 2.2rem 0 .6rem; color: var(--accent); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
p, ul, ol, table, blockquote { margin: 0 0 1rem; }
li { margin: .25rem 0; }
li, li p { unicode-bidi: plaintext; }
li:dir(ltr) { text-align: left; }
li:dir(rtl) { text-align: right; }
blockquote p { unicode-bidi: plaintext; text-align: start; }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th, td { text-align: start; unicode-bidi: plaintext; padding: .5rem .75rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { background: #f3f6f7; font-weight: 600; }
blockquote { margin-inline: 0; padding: .25rem 1rem; border-inline-start: 4px solid var(--line); color: var(--soft); }
code { font: .9em "Liberation Mono", monospace; background: #f3f6f7; padding: .1em .3em; border-radius: 3px; }
pre { background: #f3f6f7; padding: 1rem; overflow: auto; }
a { color: var(--accent); overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; }
.logo { display: block; max-height: 4rem; margin: 0 0 2rem; }
.no-image { color: var(--soft); font-style: italic; }
hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0; }
@media print { body { padding: 0; max-width: none; font-size: 11pt; } h2, h3 { break-after: avoid; } tr, li { break-inside: avoid; } }
`;

/** The HTML that a document may contain, whoever wrote it. */
export function sanitized(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: [...sanitizeHtml.defaults.allowedTags, 'h1', 'h2', 'del', 'img'],
    allowedAttributes: {
      '*': ['dir'],
      a: ['href', 'title'],
      th: ['style'],
      td: ['style'],
      ol: ['start'],
      img: ['src', 'alt'],
    },
    allowedSchemesByTag: { img: ['lodestone-image'] },
    allowedClasses: { span: ['no-image'] },
    allowedStyles: { '*': { 'text-align': [/^(?:left|right|center)$/] } },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  });
}

/** A complete HTML document from a sanitised body. */
export function htmlDocument(body: string, title: string, language: string): string {
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(language)}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    `<body>${body}</body>`,
    '</html>',
    '',
  ].join('\n');
}
