/** Calls about experiments that several commands make. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { answerOf, untilAnswered, type Api, type Body, type Experiment } from '../api/client.ts';
import { say } from '../output.ts';
import { bestRoundOf } from './experiment-output.ts';

export type ExperimentRequest = Body<'post', '/v1/experiments'>;

export const findExperiment = (api: Api, id: string): Promise<Experiment> =>
  answerOf(api.GET('/v1/experiments/{id}', { params: { path: { id } } }));

/** Submits an experiment. The call is repeated under its idempotency key when the connection breaks. */
export function submitExperiment(api: Api, body: ExperimentRequest, idempotencyKey: string): Promise<Experiment> {
  const params = { header: { 'idempotency-key': idempotencyKey } };
  return untilAnswered(() => answerOf(api.POST('/v1/experiments', { params, body })));
}

/** Downloads the files of the best round, or of the last one when none was scored. */
export async function downloadFiles(api: Api, experiment: Experiment, folder: string): Promise<void> {
  const round = bestRoundOf(experiment) ?? experiment.roundsMade.at(-1);
  if (round === undefined) return say(`${experiment.id} has no files: no round was made`);
  await mkdir(folder, { recursive: true });
  for (const { name, removedAfterDays } of round.files) {
    if (removedAfterDays !== null) {
      say(`${name} is no longer kept`);
      continue;
    }
    const params = { path: { id: experiment.id, round: round.number, name } };
    const call = api.GET('/v1/experiments/{id}/rounds/{round}/files/{name}', { params, parseAs: 'stream' });
    // The name is that of another program: it must lead to no other folder.
    await writeFile(join(folder, basename(name)), await answerOf(call));
  }
  say(`the files of round ${round.number} are in ${folder}`);
}
