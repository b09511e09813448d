/** Runs many probes in one sandbox: each in a process of its own, so that none changes another. */
import { z } from 'zod';
import type { JsonValue } from '../../../workflows/contract/json/json.ts';
import type { CodeProblem, CodeResult, RunCode, SandboxLimits } from '../sandbox.ts';
import type { Probe } from './probe.ts';

/** What came of a probe, by what it tries: `held`, `succeeded`, or what went wrong. */
export type ProbeResults = ReadonlyMap<string, string>;

/** Python; its inputs are `probes` (sources) and `bait`. It answers with a word for each. */
export const probeRunner = `
import os
def outcome(source, bait):
    try:
        space = {"__name__": "probe"}
        exec(source, space)
        return "succeeded" if space["main"](bait) is not False else "held"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
def main(inputs):
    outcomes = []
    for source in inputs["probes"]:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(write, outcome(source, inputs["bait"]).encode()[:2000])
            os._exit(0)
        os.close(write)
        outcomes.append(os.read(read, 2000).decode() or "it ended without a word")
        os.close(read)
        os.waitpid(child, 0)
    return outcomes
`;

export async function runTogether(
  runCode: RunCode,
  probes: readonly Probe[],
  { bait, limits }: { readonly bait: JsonValue; readonly limits: SandboxLimits },
): Promise<ProbeResults> {
  const inputs = { probes: probes.map(({ source }) => source), bait };
  const result = await runCode({ source: probeRunner, inputs, files: [], limits, signal: AbortSignal.timeout(60_000) });
  return outcomesOf(probes, result);
}

function outcomesOf(probes: readonly Probe[], { outcome }: CodeResult): ProbeResults {
  if ('problem' in outcome) return new Map(probes.map(({ tries }) => [tries, told(outcome.problem)]));
  const outcomes = z.array(z.string()).parse(outcome.value);
  return new Map(probes.map(({ tries }, index) => [tries, outcomes[index] ?? 'it did not run']));
}

function told({ type, message }: CodeProblem): string {
  return `${type}: ${message}`;
}
