/** Prints HTML to PDF in a new browser without scripts, whose every request is denied. */
import { launchChromium, type ChromiumSettings } from '../chromium/launch.ts';
import { createConcurrencyLimit } from '../../threads/concurrency-limit.ts';
import type { PdfPrinter } from '../ports.ts';

const timeoutMilliseconds = 30_000;
/**
 * A proxy address where nobody listens: denying requests alone does not keep Chromium from connecting ahead of them.
 */
const noWayOut = 'http://127.0.0.1:9';

/** Browsers at the same time: a worker runs far more activities than a machine has room for browsers. */
const mostBrowsers = 3;

export function createChromiumPdfPrinter(settings: ChromiumSettings): PdfPrinter {
  const limit = createConcurrencyLimit({ all: mostBrowsers, ofAKind: mostBrowsers });
  return {
    print: (html, signal) => limit({ kind: 'pdf', owner: 'pdf', signal }, () => print(settings, html, signal)),
  };
}

async function print(settings: ChromiumSettings, html: string, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted();
  const { browser, close } = await launchChromium(settings, noWayOut);
  const stop = (): void => void close();
  signal.addEventListener('abort', stop);
  try {
    const context = await browser.newContext({ javaScriptEnabled: false, offline: true });
    const page = await context.newPage();
    await page.route('**/*', (route) => route.abort());
    await page.setContent(html, { waitUntil: 'load', timeout: timeoutMilliseconds });
    const margin = { top: '18mm', bottom: '18mm', left: '17mm', right: '17mm' };
    return await page.pdf({ format: 'A4', printBackground: true, tagged: true, margin });
  } finally {
    signal.removeEventListener('abort', stop);
    await close();
  }
}
