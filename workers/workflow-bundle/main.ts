/** Writes the workflow bundle to standard output: workers run it in a separate process. */
import { bundleWorkflows } from './bundle.ts';

const { code } = await bundleWorkflows();
process.stdout.write(code);
