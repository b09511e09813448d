/** Resolves a name once and checks all of its addresses; connections go to a checked address. */
import { lookup } from 'node:dns/promises';
import { addressProblem, isAllowedPrivate, urlProblem } from '../../workflows/contract/computer-use/network.ts';

/** A request that the network policy forbids. The message names the host but not the path, which may hold a secret. */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
}

export type Resolve = (hostname: string) => Promise<readonly string[]>;

export const resolveBySystem: Resolve = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: false });
  return found.map(({ address }) => address);
};

/**
 * The address to connect to for a URL. Throws `EgressRefused` when the policy forbids the URL or any address of its
 * host.
 */
export async function checkedAddress(
  url: URL,
  allowPrivateOrigins: readonly string[],
  resolve: Resolve,
): Promise<string> {
  const problem = urlProblem(url.href, { allowPrivateOrigins });
  if (problem !== undefined) throw new EgressRefused(problem);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const addresses = await resolve(host);
  const [first] = addresses;
  if (first === undefined) throw new Error(`${host} has no address`);
  if (isAllowedPrivate(url, allowPrivateOrigins)) return first;
  for (const address of addresses) {
    const refusal = addressProblem(address);
    if (refusal !== undefined) throw new EgressRefused(`${host}: ${refusal}`);
  }
  return first;
}
