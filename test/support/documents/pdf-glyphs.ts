/** The glyphs that a PDF shows, to find those that replace letters which no font has. */
import { getDocument, OPS } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { z } from 'zod';

const GlyphSchema = z.object({ originalCharCode: z.number() });
/** What is shown at once: glyphs, and between them numbers that move on. */
const ShownSchema = z.tuple([z.array(z.union([z.number(), GlyphSchema, z.null()]))]);

export interface PdfGlyphs {
  readonly shown: number;
  /** The empty boxes: the codes in the fonts that Chromium embeds are those of the glyphs, and glyph 0 is `.notdef`. */
  readonly notdef: number;
}

export async function pdfGlyphs(content: Uint8Array): Promise<PdfGlyphs> {
  const task = getDocument({ data: new Uint8Array(content), verbosity: 0, fontExtraProperties: true });
  const document = await task.promise;
  const codes: number[] = [];
  for (let number = 1; number <= document.numPages; number += 1) {
    const { fnArray, argsArray } = await (await document.getPage(number)).getOperatorList();
    for (const [index, operator] of fnArray.entries()) {
      if (operator !== OPS.showText) continue;
      const [glyphs] = ShownSchema.parse(argsArray[index]);
      for (const glyph of glyphs) if (typeof glyph === 'object' && glyph !== null) codes.push(glyph.originalCharCode);
    }
  }
  await task.destroy();
  return { shown: codes.length, notdef: codes.filter((code) => code === 0).length };
}

/** How many pictures the PDF paints. */
export async function pdfImages(content: Uint8Array): Promise<number> {
  const task = getDocument({ data: new Uint8Array(content), verbosity: 0 });
  const document = await task.promise;
  let images = 0;
  for (let number = 1; number <= document.numPages; number += 1) {
    const { fnArray } = await (await document.getPage(number)).getOperatorList();
    images += fnArray.filter((operator) => operator === OPS.paintImageXObject).length;
  }
  await task.destroy();
  return images;
}
