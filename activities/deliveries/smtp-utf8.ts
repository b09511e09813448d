/**
 * Stops a mail whose address the server does not support. nodemailer requests SMTPUTF8 for a non-ASCII address only
 * when the server offers it, but sends the address anyway when it does not; servers react to that differently.
 */
import type { Logger } from 'nodemailer/lib/shared/index.js';

/**
 * Reads the commands that nodemailer logs just before it sends them; `refuse` is called once, before the message is
 * sent.
 */
export function watchAddresses(refuse: () => void): Logger {
  const ignore = (): void => undefined;
  let declared = false;
  let refused = false;
  const command = (line: string): void => {
    if (line.startsWith('MAIL FROM:')) declared = /\sSMTPUTF8\b/.test(line);
    const named = line.startsWith('MAIL FROM:') || line.startsWith('RCPT TO:');
    if (!named || declared || refused || !/\P{ASCII}/u.test(line)) return;
    refused = true;
    // Not within the log call: the connection is writing this very command.
    queueMicrotask(refuse);
  };
  return {
    trace: ignore,
    info: ignore,
    warn: ignore,
    error: ignore,
    fatal: ignore,
    debug(entry: unknown, line: unknown) {
      const byClient = typeof entry === 'object' && entry !== null && 'tnx' in entry && entry.tnx === 'client';
      if (byClient && typeof line === 'string') command(line);
    },
  };
}
