/** What a failure of an experiment means, and what can be done, for people. */
import type { ExperimentFailureType } from '../../../../workflows/contract/experiments/experiment.ts';

interface FailureWords {
  readonly what: string;
  readonly advice: string;
}

export const failureWords: Readonly<Record<ExperimentFailureType, FailureWords>> = {
  error: { what: 'The code raised an error', advice: 'Mend the code, then run it anew.' },
  forbidden_import: {
    what: 'The code imports a module that is not allowed',
    advice: 'Use numpy, cv2 and the standard modules that are allowed, or have the operator allow the module.',
  },
  time_limit: {
    what: 'The code took too long',
    advice: 'Make the code faster or the video smaller, or set a longer limit for the phase.',
  },
  memory_limit: {
    what: 'The code used too much memory',
    advice: 'Work on one frame at a time, or set a higher limit in limits.memoryBytes.',
  },
  output_limit: { what: 'The code gave too much output', advice: 'Print less, and return fewer bytes.' },
  crashed: {
    what: 'The process of the code died',
    advice: 'A native module may have crashed: look at what the code hands to numpy and cv2.',
  },
  bad_result: {
    what: 'The code returned something else than it must',
    advice: 'encode returns bytes; decode returns all frames, as numpy.uint8 in the shape of the video.',
  },
  video: {
    what: 'The video cannot be read or made',
    advice: 'Upload it again as Y4M or as a tar file of PNG or JPEG pictures, or use a generated video.',
  },
  model: { what: 'The model gave no code', advice: 'Run it again, ask another model, or state the goal more exactly.' },
  budget: { what: 'The budget is spent', advice: 'Run it again with a larger budget.' },
  total_time_limit: {
    what: 'The whole experiment took too long',
    advice: 'Ask for fewer rounds, or set a longer limits.totalSeconds.',
  },
  no_worker: {
    what: 'No worker took it in time',
    advice: 'See on the page Platform whether workers run; where a GPU is asked for, one of them must have it.',
  },
  installation: {
    what: 'The installation did not work',
    advice: 'The code is not the cause. Look at the log of the workers, or run npm run doctor; then run it again.',
  },
  cancelled: { what: 'It was cancelled', advice: 'What was made before is kept. Run it again to begin anew.' },
};
