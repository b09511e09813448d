/** Every probe, in the order of `docs/sandbox.md`. */
import { fileProbes } from './files.ts';
import { javaScriptProbes } from './javascript.ts';
import { kernelProbes } from './kernel.ts';
import { networkProbes } from './network.ts';
import type { Probe } from '../../../../activities/sandbox/probes/probe.ts';
import { processProbes } from './processes.ts';
import { resourceProbes } from './resources.ts';
import { resultProbes } from './results.ts';

/** Probes that say themselves whether they succeeded. */
export const reachingProbes: readonly Probe[] = [...fileProbes, ...networkProbes, ...processProbes, ...kernelProbes];

export const allProbes: readonly Probe[] = [...reachingProbes, ...resourceProbes, ...resultProbes, ...javaScriptProbes];
