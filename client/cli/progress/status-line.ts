/**
 * Shows what a long command is doing, on standard error. A terminal has one line with a spinner, which is redrawn below
 * the lines that are printed meanwhile. A log file or CI gets plain lines, or none.
 */
import isInteractive from 'is-interactive';
import createSpinner from 'yocto-spinner';
import { printable, say } from '../output.ts';

export interface StatusLine {
  /** Replaces the line. Without a terminal the text is printed when the phase has changed, or after `plainMilliseconds`. */
  show(text: string, phase?: string): void;
  /** Removes the line. Every status line must be ended: its timer keeps the process alive. */
  end(): void;
}

const usualPlainMilliseconds = 10_000;

/** For a command that prints lines of its own when there is no terminal: `plain: false`. */
export function createStatusLine({
  plain,
  plainMilliseconds = usualPlainMilliseconds,
}: {
  readonly plain: boolean;
  readonly plainMilliseconds?: number;
}): StatusLine {
  if (isInteractive({ stream: process.stderr })) return spinningLine();
  return plain ? plainLines(plainMilliseconds) : noLine;
}

/** For a program that watches for signals itself and prints its own progress. */
export const noLine: StatusLine = { show: () => undefined, end: () => undefined };

function spinningLine(): StatusLine {
  const spinner = createSpinner({ stream: process.stderr });
  return {
    show(text) {
      if (spinner.isSpinning) spinner.text = printable(text);
      else spinner.start(printable(text));
    },
    end: () => void spinner.stop(),
  };
}

function plainLines(plainMilliseconds: number): StatusLine {
  let shownAt = Date.now();
  let shownPhase = '';
  return {
    show(text, phase = '') {
      if (phase === shownPhase && Date.now() - shownAt < plainMilliseconds) return;
      shownAt = Date.now();
      shownPhase = phase;
      say(text);
    },
    end: () => undefined,
  };
}
