/**
 * A sandbox that waits for a request, as those of languages do, with a word in the command lines of its processes, for tests of what is
 * left behind. The end of its input ends it: that is what is left where the worker dies before its end is bound to the worker's.
 */
import { bubblewrap } from '../../../activities/sandbox/containment.ts';
import { startContained, type ContainedProcess } from '../../../activities/sandbox/contained-process.ts';

export function startMarked(word: string): ContainedProcess {
  const { command } = bubblewrap.prepare({
    parts: { '/cat': '/usr/bin/cat' },
    command: (at) => [at('/cat')],
    variables: { WORD: word },
    scratch: null,
  });
  return startContained(command);
}
