/** The calls of the API that the demo of experiments makes. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Api, Experiment } from '../../client/cli/api/client.ts';
import {
  findExperiment,
  submitExperiment,
  type ExperimentRequest,
} from '../../client/cli/experiments/experiment-calls.ts';
import { ownFrames, ownSize, packedFrames } from './own-video.ts';

export type { Experiment };
export type Video = ExperimentRequest['video'];

export interface Installation {
  readonly api: Api;
  readonly apiUrl: string;
}

export function submit({ api }: Installation, body: ExperimentRequest): Promise<Experiment> {
  return submitExperiment(api, body, randomUUID());
}

const pollMilliseconds = 50;

/** The first view of the experiment for which this holds. Throws after that many seconds. */
export async function waitUntil(
  installation: Installation,
  id: string,
  holds: (experiment: Experiment) => boolean,
  seconds = 120,
): Promise<Experiment> {
  for (const until = performance.now() + seconds * 1000; ;) {
    const experiment = await findExperiment(installation.api, id);
    if (holds(experiment)) return experiment;
    if (performance.now() > until) {
      throw new Error(`${id} is ${experiment.state} (${experiment.phase ?? 'no phase'}) after ${seconds} s`);
    }
    await delay(pollMilliseconds);
  }
}

export function hasEnded({ state }: Experiment): boolean {
  return state !== 'created' && state !== 'processing';
}

/** From its submission to its end, as the store has both. */
export function secondsOf({ acceptedAt, endedAt }: Experiment): number {
  return endedAt === null ? Number.NaN : (Date.parse(endedAt) - Date.parse(acceptedAt)) / 1000;
}

/** Of the first round. */
export async function download({ apiUrl }: Installation, id: string, name: string): Promise<Uint8Array> {
  const response = await fetch(`${apiUrl}/v1/experiments/${id}/rounds/1/files/${name}`);
  if (!response.ok) throw new Error(`${name} of ${id}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

const UploadedSchema = z.object({ sha256: z.string() });

/** The demo's own video, uploaded as pictures. */
export async function uploadOwnVideo({ apiUrl }: Installation): Promise<Video> {
  const body = await packedFrames(ownFrames());
  const response = await fetch(`${apiUrl}/v1/experiments/videos?format=frames`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-tar' },
    body,
  });
  if (!response.ok) throw new Error(`the upload was answered with ${response.status}: ${await response.text()}`);
  const { sha256 } = UploadedSchema.parse(await response.json());
  return { kind: 'stored', format: 'frames', sha256, framesPerSecond: ownSize.framesPerSecond };
}

export function codecOf(name: 'typical' | 'hanging' | 'lying'): string {
  return readFileSync(join(import.meta.dirname, 'codecs', `${name}.py`), 'utf8');
}
