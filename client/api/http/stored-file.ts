/** Answers a request for a stored file: whole or a range, by its hash, and without running scripts or access to our origin. */
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import parseRange from 'range-parser';
import { sharedContentHint, type ByteRange } from '../../../store/artifacts/contents.ts';
import type { Store } from '../../../store/store.ts';
import { ProblemError } from './problem.ts';

export interface StoredFile {
  readonly name: string;
  readonly mediaType: string;
  readonly sha256: string;
  readonly disposition: 'inline' | 'attachment';
  /** Whether the request named the hash: the answer never changes, unlike that of a name. */
  readonly isPinned: boolean;
}

/** The answers of a route that sends a stored file, for the API's document. */
export const storedFileAnswers = {
  200: {
    description: 'Its content, under its own media type; the ETag is its SHA-256',
    content: { '*/*': { schema: { type: 'string' as const, format: 'binary' } } },
  },
  206: { description: 'The one range of bytes that was asked for' },
  304: { description: 'Unchanged since If-None-Match' },
  416: { description: 'The range begins after its end' },
};

export async function answerFile(context: Context, { artifacts }: Store, file: StoredFile) {
  const etag = `"${file.sha256}"`;
  context.header('etag', etag);
  // A name may later refer to newer content, so a browser revalidates each time, unless it requested a specific hash.
  context.header('cache-control', file.isPinned ? 'private, max-age=31536000, immutable' : 'no-cache');
  if (context.req.header('if-none-match') === etag) return context.body(null, 304);
  context.header('content-type', file.mediaType);
  context.header('content-disposition', `${file.disposition}; filename*=UTF-8''${encodeURIComponent(file.name)}`);
  context.header('content-security-policy', policyOf(file.mediaType));
  context.header('accept-ranges', 'bytes');
  const head = await artifacts.headContent(file.sha256);
  if (head === null) {
    throw new ProblemError('not-found', `the content of ${file.name} is missing from the store. ${sharedContentHint}`);
  }
  const isSame = [undefined, etag].includes(context.req.header('if-range'));
  const range = isSame ? rangeOf(context.req.header('range'), head.bytes) : null;
  if (range === 'unsatisfiable') {
    context.header('content-range', `bytes */${head.bytes}`);
    return context.body(null, 416);
  }
  const { start, end } = range ?? { start: 0, end: head.bytes - 1 };
  context.header('content-length', String(end - start + 1));
  if (range !== null) context.header('content-range', `bytes ${start}-${end}/${head.bytes}`);
  const status = range === null ? 200 : 206;
  if (context.req.method === 'HEAD') return context.body(null, status);
  return context.body(Readable.toWeb(artifacts.readContent(file.sha256, range ?? undefined)), status);
}

/** The single requested range. Null when the whole file is sent: without a range, and for several or an invalid one. */
function rangeOf(header: string | undefined, bytes: number): ByteRange | 'unsatisfiable' | null {
  if (header === undefined) return null;
  const ranges = parseRange(bytes, header);
  if (ranges === -1) return 'unsatisfiable';
  const [range] = ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1 ? [] : ranges;
  return range ?? null;
}

function policyOf(mediaType: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
  // Chromium's PDF viewer does not work in a sandbox; scripts in a PDF have no origin to attack.
  return mediaType === 'application/pdf' ? policy : `${policy}; sandbox`;
}
