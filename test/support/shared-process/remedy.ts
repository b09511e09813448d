/** What a test file is told that is not fit to share its process with others. */
declare module 'vitest' {
  interface ProvidedContext {
    /** Whether the process of a test file has other files before and after it; vitest.config.ts decides. */
    sharedProcess?: boolean;
  }
}

export const sharedProcessRemedy =
  'This file shares its process with other test files: let it leave the process as it was, or add it to ownProcess in ' +
  'test/support/shared-process/own-process.ts.';
