/**
 * Stops a mail whose address the server has not offered to take. nodemailer declares an address beyond ASCII (SMTPUTF8)
 * when the answer to EHLO offers that, and names it all the same when it does not; what comes of that differs from
 * server to server.
 */
import type { Logger } from 'nodemailer/lib/shared/index.js';

/** The commands as nodemailer logs them just before each is sent; `refuse` is called once, before the message is. */
export function watchAddresses(refuse: () => void): Logger {
  const ignore = (): void => undefined;
  let declared = false;
  let refused = false;
  const command = (line: string): void => {
    if (line.startsWith('MAIL FROM:')) declared = /\sSMTPUTF8\b/.test(line);
    const named = line.startsWith('MAIL FROM:') || line.startsWith('RCPT TO:');
    if (!named || declared || refused || !/\P{ASCII}/u.test(line)) return;
    refused = true;
    // Not within the call: the connection is writing this very command.
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
