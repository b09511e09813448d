/** The network policy of a job: what its lead magnet allows, filled from the form, and what the operator allows. */
import { requestProblem, urlProblem, type NetworkPolicy } from '../workflows/contract/computer-use/network.ts';
import type { JsonObject } from '../workflows/contract/json/json.ts';
import type { LeadMagnet } from '../workflows/contract/lead-magnets/lead-magnet.ts';
import { fillTemplate } from '../workflows/contract/lead-magnets/template.ts';
import { failure } from './failure.ts';

export function networkPolicy(
  network: LeadMagnet['network'],
  data: JsonObject,
  allowPrivateOrigins: readonly string[],
): NetworkPolicy {
  return {
    navigate: network.navigate.map((pattern) => fillPattern(pattern, data)),
    load: network.load,
    allowPrivateOrigins,
  };
}

/** Wildcards are the author's to write: one that came with a visitor's address is refused. */
function fillPattern(pattern: string, data: JsonObject): string {
  const filled = fillTemplate(pattern, data, 'url');
  if (filled.includes('*') && !pattern.includes('*')) {
    throw failure('egress_refused', `${filled.slice(0, 100)} is not the address of one website`);
  }
  return filled;
}

/** Refuses a URL that the lead magnet's list does not hold, or whose host is not public. */
export function refuseUnlisted(policy: NetworkPolicy, url: string): void {
  const problem = requestProblem(policy, url, 'navigate');
  if (problem !== undefined) throw failure('egress_refused', problem);
}

/** Refuses a URL whose host is not public. For addresses that the lead magnet's author wrote. */
export function refusePrivate(allowPrivateOrigins: readonly string[], url: string): void {
  const problem = urlProblem(url, { allowPrivateOrigins });
  if (problem !== undefined) throw failure('egress_refused', problem);
}
