/** The worker of the bare workflow, with as many slots and pollers as ours. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createBareActivities } from './bare-activities.ts';

const { TEMPORAL_ADDRESS: address = '', BENCH_MODEL: model = '', BENCH_WEBHOOK: webhook = '' } = process.env;
Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGTERM'] });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: 'bare',
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
    logger: new DefaultLogger('WARN'),
  }),
  activities: { ...createBareActivities({ model, webhook }) },
});
process.stdout.write('ready bare\n');
await worker.run();
await connection.close();
