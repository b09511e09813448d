/**
 * Answers whatever a page asks of the one before the screen, by policy and at once: an unanswered dialog holds the whole
 * page. Each is noted for the model.
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

/** Nothing is agreed to unseen: a question is declined. What only tells is accepted, and leaving a page is never held up. */
function answerDialog(dialog: Dialog, { addDialog }: Pick<Notes, 'addDialog'>): void {
  const kind = dialog.type();
  const accepted = kind === 'alert' || kind === 'beforeunload';
  addDialog({ kind, message: dialog.message(), accepted });
  // A dialog that closed by itself meanwhile needs no answer.
  void (accepted ? dialog.accept() : dialog.dismiss()).catch(() => undefined);
}

/** Playwright tells Chromium to go on without: there is no prompt, but a page of its own or the server's words. */
function asksForPassword(response: Response): boolean {
  return response.status() === 401 && response.request().isNavigationRequest();
}
