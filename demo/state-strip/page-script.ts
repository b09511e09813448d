/**
 * The script that draws a page's strip, as one classic script to put inline at the end of the body. Inline, because a
 * module is fetched after the first paint, and a screenshot taken in between would show a page without its strip.
 */
import { readFileSync } from 'node:fs';
import { raw } from 'hono/html';

export const stripScript = raw(`<script>(() => {\n${sourceOf('encode.js')}\n${sourceOf('draw.js')}\n})();</script>`);

/** The source of a module, relative to this folder, without its import and export statements. */
export function sourceOf(file: string): string {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  return source.replaceAll(/^import .*$/gm, '').replaceAll(/^export /gm, '');
}
