/** Writes the bundle of the workflows to standard output: the process in which a worker has it made. */
import { bundleWorkflows } from './workflow-bundle.ts';

const { code } = await bundleWorkflows();
process.stdout.write(code);
