/** Needs the fonts that `npm run setup` gets; without them these tests fail, and the set-up has said why. */
import { describe, expect, it } from 'vitest';
import { launchChromium } from '../../../activities/chromium/launch.ts';
import { createChromiumPdfPrinter } from '../../../activities/render/chromium-pdf.ts';
import compose from '../../../activities/render/compose.ts';
import { chromium, noSignal } from '../../support/computer-use/chromium-computer.ts';
import { pdfGlyphs } from '../../support/documents/pdf-glyphs.ts';
import { lines, unknownCharacter } from '../../support/documents/writing-systems.ts';

const printer = createChromiumPdfPrinter(chromium);

function html(template: string, data = {}): string {
  return compose({ template, data, fallbackTitle: 'x' }).html;
}

describe('a PDF', () => {
  it.each(Object.entries(lines))('has a glyph for every letter of a line in %s', async (_name, line) => {
    const pdf = await printer.print(html('{{line}}\n\n**{{line}}**', { line }), noSignal);
    const { shown, notdef } = await pdfGlyphs(pdf);
    expect(shown).toBeGreaterThanOrEqual(4);
    expect(notdef).toBe(0);
  });

  it('shows an empty box for a letter that no font has: the tests above can see one', async () => {
    const pdf = await printer.print(html('{{line}}', { line: `a${unknownCharacter}` }), noSignal);
    expect(await pdfGlyphs(pdf)).toEqual({ shown: 2, notdef: 1 });
  });
});

/** The positions of an element's letters on the page, measured from the edges of the body. */
async function margins(document: string, selectors: readonly string[]) {
  const { browser, close } = await launchChromium(chromium, null);
  try {
    const page = await browser.newPage();
    await page.setContent(document);
    return await Promise.all(
      selectors.map((selector) =>
        page.locator(selector).evaluate((element) => {
          const range = element.ownerDocument.createRange();
          range.selectNodeContents(element);
          const text = range.getBoundingClientRect();
          const column = element.ownerDocument.body.getBoundingClientRect();
          return { left: text.left - column.left, right: column.right - text.right };
        }),
      ),
    );
  } finally {
    await close();
  }
}

describe('paragraphs of a document', () => {
  it('are set from right to left when they begin so, and from left to right beside them', async () => {
    const template = '# {{hebrew}}\n\n{{arabic}}\n\nLatin\n\n- {{arabic}}\n- Latin\n\n> {{hebrew}}\n\n{{both}}';
    const both = `${lines['Arabic']}\n\nLatin again`;
    const data = { arabic: lines['Arabic'], hebrew: lines['Hebrew'], both };
    const selectors = [
      'h1',
      'p >> nth=0',
      'p >> nth=1',
      'li >> nth=0',
      'blockquote p',
      'body > p >> nth=2',
      'body > p >> nth=3',
    ];
    const measured = await margins(html(template, data), selectors);
    const sides = measured.map(({ left, right }) => (left > right ? 'right' : 'left'));
    expect(sides).toEqual(['right', 'right', 'left', 'right', 'right', 'right', 'left']);
  });

  it('have the bullets of a list on the side where its lines begin', async () => {
    const { browser, close } = await launchChromium(chromium, null);
    try {
      const page = await browser.newPage();
      await page.setContent(html('- {{line}}\n- {{line}}', { line: lines['Hebrew'] }));
      const [list, item] = await Promise.all([
        page.locator('ul').boundingBox(),
        page.locator('li').first().boundingBox(),
      ]);
      const room = (list?.x ?? 0) + (list?.width ?? 0) - (item?.x ?? 0) - (item?.width ?? 0);
      expect(room).toBeGreaterThan(20);
    } finally {
      await close();
    }
  });
});
