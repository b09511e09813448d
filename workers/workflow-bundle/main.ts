/** Writes the workflow bundle to standard output: workers run it in a separate process. `traced` makes spans of workflows. */
import { bundleWorkflows } from './bundle.ts';

const { code } = await bundleWorkflows(process.argv[2] === 'traced' ? 'traced' : 'plain');
process.stdout.write(code);
