/** The network policy of a job: the lead magnet's allow-list, with the form's values filled in, and the operator's. */
import { requestProblem, urlProblem, type NetworkPolicy } from '../workflows/contract/computer-use/network.ts';
import type { JsonObject } from '../workflows/contract/json/json.ts';
import type { LeadMagnet } from '../workflows/contract/lead-magnets/lead-magnet.ts';
import { fillTemplate } from '../workflows/contract/lead-magnets/template.ts';
import { failure } from './failure.ts';
import { cutText } from '../workflows/contract/cut-text.ts';

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

/** Only the author may write wildcards: one that came with a visitor's value is refused. */
function fillPattern(pattern: string, data: JsonObject): string {
  const filled = fillTemplate(pattern, data, 'url');
  if (filled.includes('*') && !pattern.includes('*')) {
    throw failure('egress_refused', `${cutText(filled, 100)} is not the address of one website`);
  }
  return filled;
}

/** Refuses a URL that is not in the lead magnet's list, or whose host is not public. */
export function refuseUnlisted(policy: NetworkPolicy, url: string): void {
  const problem = requestProblem(policy, url, 'navigate');
  if (problem !== undefined) throw failure('egress_refused', problem);
}

/** Refuses a URL whose host is not public. For addresses that the lead magnet's author wrote. */
export function refusePrivate(allowPrivateOrigins: readonly string[], url: string): void {
  const problem = urlProblem(url, { allowPrivateOrigins });
  if (problem !== undefined) throw failure('egress_refused', problem);
}
