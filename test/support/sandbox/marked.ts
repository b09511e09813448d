/** A sandbox that waits for ever, with a word in the command lines of its processes, for tests of what is left behind. */
import { bubblewrap } from '../../../activities/sandbox/containment.ts';
import { startContained, type ContainedProcess } from '../../../activities/sandbox/contained-process.ts';

export function startMarked(word: string): ContainedProcess {
  const { command } = bubblewrap.prepare({
    parts: { '/sleep': '/usr/bin/sleep' },
    command: (at) => [at('/sleep'), '100'],
    variables: { WORD: word },
    scratch: null,
  });
  return startContained(command);
}
