/** Extracts the text of a PDF. */
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

export async function pdfText(content: Uint8Array): Promise<string> {
  const task = getDocument({ data: new Uint8Array(content), verbosity: 0 });
  const document = await task.promise;
  const pages = await Promise.all(
    Array.from({ length: document.numPages }, async (_, index) => {
      const text = await (await document.getPage(index + 1)).getTextContent();
      return text.items.map((item) => ('str' in item ? item.str : '')).join(' ');
    }),
  );
  await task.destroy();
  return pages.join('\n').replaceAll(/\s+/g, ' ');
}
