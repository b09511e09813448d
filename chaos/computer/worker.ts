/** A worker of the browser queue that kills itself where `CHAOS_KILL` says; otherwise the product's own worker. */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { readWorkerConfig } from '../../workers/config.ts';
import { createDependencies } from '../../workers/dependencies.ts';
import { runAll } from '../../workers/run-all.ts';
import { createWorkers } from '../../workers/workers.ts';
import { KillOrderSchema, killPoints } from './kill-points.ts';

const { CHAOS_KILL: order } = process.env;
const { settings, secrets } = readWorkerConfig();
Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: ['SIGTERM'] });
const seams = killPoints(order === undefined ? null : KillOrderSchema.parse(JSON.parse(order)));
const dependencies = await createDependencies(settings, secrets, { seams });
await dependencies.sweepBrowsers();
const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
const connection = await NativeConnection.connect(connectionOptions);
const workers = await createWorkers({ connection, namespace, queues: ['browser'], settings, dependencies });
process.stdout.write('ready browser\n');
await runAll(workers.map(({ worker }) => worker));
await connection.close();
await dependencies.stores.close();
