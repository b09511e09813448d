/**
 * Answers every dialog of a page at once, by policy: an unanswered dialog blocks the whole page. Each one is noted for
 * the model.
 */
import type { Dialog, Page, Response } from 'playwright-core';
import type { Notes } from '../notes.ts';

export function answerPrompts(page: Page, notes: Pick<Notes, 'add' | 'addDialog'>): void {
  const note = notes.add;
  page.on('dialog', (dialog) => answerDialog(dialog, notes));
  page.on('response', (response) => {
    if (asksForPassword(response)) note(`${response.url()} asks for a user name and a password; none were given.`);
  });
}

/** Nothing is agreed to unseen: questions are declined, messages are accepted, and leaving a page is never blocked. */
function answerDialog(dialog: Dialog, { addDialog }: Pick<Notes, 'addDialog'>): void {
  const kind = dialog.type();
  const accepted = kind === 'alert' || kind === 'beforeunload';
  addDialog({ kind, message: dialog.message(), accepted });
  // A dialog that has closed by itself needs no answer.
  void (accepted ? dialog.accept() : dialog.dismiss()).catch(() => undefined);
}

/**
 * Playwright makes Chromium continue without credentials: no prompt appears, but a page of Chromium or of the server.
 */
function asksForPassword(response: Response): boolean {
  return response.status() === 401 && response.request().isNavigationRequest();
}
