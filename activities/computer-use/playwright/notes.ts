/**
 * Collects notes for the model about events that no screenshot shows. A page cannot flood it: consecutive dialogs
 * become one note, and notes beyond a limit are only counted.
 */
import { cutText } from '../../../workflows/contract/cut-text.ts';

const mostNotes = 20;
const longestNote = 500;

/** A dialog of a page that was answered. */
export interface AnsweredDialog {
  /** The browser's name for it: alert, confirm, prompt or beforeunload. */
  readonly kind: string;
  readonly message: string;
  readonly accepted: boolean;
}

/** Consecutive dialogs, which become one note. */
interface Dialogs {
  readonly last: AnsweredDialog;
  readonly accepted: number;
  readonly dismissed: number;
}

export class Notes {
  private waiting: (string | Dialogs)[] = [];
  private left = 0;

  readonly add = (text: string): void => {
    this.keep(cutText(text, longestNote));
  };

  readonly addDialog = (last: AnsweredDialog): void => {
    const before = this.waiting.at(-1);
    const row = typeof before === 'object' && this.left === 0 ? before : { accepted: 0, dismissed: 0 };
    const accepted = row.accepted + (last.accepted ? 1 : 0);
    const dismissed = row.dismissed + (last.accepted ? 0 : 1);
    if (row === before) this.waiting.pop();
    this.keep({ last, accepted, dismissed });
  };

  /** Each note once, in order. */
  take(): readonly string[] {
    const taken = this.waiting.map((note) => (typeof note === 'string' ? note : describeDialogs(note)));
    if (this.left > 0) taken.push(`And ${this.left} more of the kind.`);
    this.waiting = [];
    this.left = 0;
    return taken;
  }

  private keep(note: string | Dialogs): void {
    if (this.waiting.length < mostNotes) this.waiting.push(note);
    else this.left += 1;
  }
}

const longestMessage = 300;

function describeDialogs({ last, accepted, dismissed }: Dialogs): string {
  const message = `said "${cutText(last.message, longestMessage)}"`;
  const count = accepted + dismissed;
  if (count === 1) {
    const article = last.kind === 'alert' ? 'An' : 'A';
    return `${article} ${last.kind} dialog ${message}; it was ${last.accepted ? 'accepted' : 'dismissed'}.`;
  }
  const answers =
    dismissed === 0
      ? 'all were accepted'
      : accepted === 0
        ? 'all were dismissed'
        : `${accepted} were accepted, ${dismissed} dismissed`;
  return `${count} dialogs, the last ${message}; ${answers}.`;
}
