/** A real Chromium on pages of a test's own, closed when the test is over. */
import { onTestFinished } from 'vitest';
import { createPlaywrightComputerFactory } from '../../../activities/computer-use/playwright/open-browser.ts';
import type { BrowserState, Computer, ComputerSettings } from '../../../activities/ports.ts';
import { onlyLiterals } from '../../activities/http/only-literals.ts';
import { fontconfigFile } from '../../../workers/chromium.ts';
import { toolPath } from '../../../workers/local/tools.ts';

export const chromium = {
  executablePath: toolPath('chromium'),
  sandbox: process.getuid?.() !== 0,
  fontconfigFile: fontconfigFile(),
};

export const noSignal = new AbortController().signal;

interface Opening {
  readonly startUrl: string;
  readonly navigate?: readonly string[];
  readonly load?: 'public' | 'listed';
  /** Private origins that the operator allows besides those of `navigate`. */
  readonly allowPrivateOrigins?: readonly string[];
  readonly restore?: BrowserState;
  readonly secrets?: ComputerSettings['secrets'];
  readonly offersFiles?: boolean;
  readonly actionMilliseconds?: number;
  readonly navigationMilliseconds?: number;
}

/** Tests that run at the same time pass the `onTestFinished` of their context: vitest knows no current test then. */
export async function openChromium(
  opening: Opening,
  atEnd: (close: () => Promise<void>) => void = onTestFinished,
): Promise<{ computer: Computer; denied: string[] }> {
  const denied: string[] = [];
  const navigate = opening.navigate ?? [opening.startUrl];
  const settings: ComputerSettings = {
    width: 800,
    height: 600,
    startUrl: opening.startUrl,
    network: {
      navigate,
      load: opening.load ?? 'public',
      allowPrivateOrigins: [...navigate, ...(opening.allowPrivateOrigins ?? [])],
    },
    secrets: opening.secrets ?? [],
    offersFiles: opening.offersFiles ?? false,
    onDenied: ({ target }) => denied.push(target),
  };
  const limits = {
    navigationMilliseconds: opening.navigationMilliseconds ?? 10_000,
    actionMilliseconds: opening.actionMilliseconds ?? 5_000,
  };
  const factory = createPlaywrightComputerFactory(chromium, limits, onlyLiterals);
  const computer = await factory.open(settings, opening.restore ?? null, noSignal);
  atEnd(() => computer.close());
  return { computer, denied };
}
