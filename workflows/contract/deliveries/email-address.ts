/**
 * An e-mail address as a visitor writes it. Domains in any script are accepted and stored in their ASCII spelling,
 * which every mail system and CRM knows; a non-ASCII local part is stored as it is, because it has no other spelling.
 */

// Beyond ASCII only letters, marks and digits: no invisible characters, and none that change the text direction.
const localPart = /^[\p{L}\p{M}\p{N}_'+-]+(?:\.[\p{L}\p{M}\p{N}_'+-]+)*$/u;
// Nothing that the URL parser would read as a port, a path, a user or a bracketed address.
const writtenDomain = /^[\p{L}\p{M}\p{N}.-]+$/u;
const asciiDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/i;
const maximumOctets = { localPart: 64, address: 254 };

/** The address in its stored form, or undefined when the text is no address. */
export function readEmailAddress(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0)).normalize('NFC');
  const domain = inAscii(text.slice(at + 1));
  if (!localPart.test(local) || domain === undefined) return undefined;
  const address = `${local}@${domain}`;
  if (octets(local) > maximumOctets.localPart || octets(address) > maximumOctets.address) return undefined;
  return address;
}

/** An ASCII domain is kept as written; for all others the URL parser gives the ASCII spelling. */
function inAscii(domain: string): string | undefined {
  if (!writtenDomain.test(domain)) return undefined;
  const written = `http://${domain}/`;
  if (!URL.canParse(written)) return undefined;
  const ascii = /^[\w.-]+$/.test(domain) ? domain : new URL(written).hostname;
  return asciiDomain.test(ascii) ? ascii : undefined;
}

function octets(text: string): number {
  return new TextEncoder().encode(text).length;
}
