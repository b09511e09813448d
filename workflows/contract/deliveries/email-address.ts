/**
 * An e-mail address as a visitor writes it. Domains of any script are taken and kept in their ASCII spelling, which
 * every mail system and CRM knows; a local part beyond ASCII is kept as it is, since it has no other spelling.
 */

// Letters, their marks and digits alone beyond ASCII: no characters that are invisible or turn the reading direction.
const localPart = /^[\p{L}\p{M}\p{N}_'+-]+(?:\.[\p{L}\p{M}\p{N}_'+-]+)*$/u;
// Nothing that the parser of URLs would read as a port, a path, a user or an address in brackets.
const writtenDomain = /^[\p{L}\p{M}\p{N}.-]+$/u;
const asciiDomain = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/i;
const maximumOctets = { localPart: 64, address: 254 };

/** The address as it is kept, or undefined when the text is none. */
export function readEmailAddress(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0)).normalize('NFC');
  const domain = inAscii(text.slice(at + 1));
  if (!localPart.test(local) || domain === undefined) return undefined;
  const address = `${local}@${domain}`;
  if (octets(local) > maximumOctets.localPart || octets(address) > maximumOctets.address) return undefined;
  return address;
}

/** A domain that is ASCII stays as it was written; URLs hold the ASCII spelling of all others. */
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
