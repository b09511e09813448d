/**
 * The receivers of a mail. A visitor's value in `to` may be one address and nothing else: it can neither add a receiver
 * nor replace one that the definition's author wrote.
 */
import addressparser from 'nodemailer/lib/addressparser';
import { cutText } from '../../workflows/contract/cut-text.ts';

const tag = /\{\{\{?[^{}]*\}?\}\}/g;
const section = /\{\{\s*[#^]/;
/** Placeholder for a value; no valid address. */
const filledIn = 'filled-in';
const oneAddress = /^[^\s@,:;<>"()[\]\\]+@[^\s@,:;<>"()[\]\\]+$/;
/** Mail servers must accept addresses of up to 254 characters. */
const mostCharacters = 5000;

/** A sentence that says why a filled `to` must not be used; undefined when it may. */
export function recipientsProblem(template: string, filled: string): string | undefined {
  if (section.test(template)) return 'its `to` holds a section, so that nobody can say how many addresses it names';
  if (filled.length > mostCharacters) return 'its `to` is too long';
  if (/\p{Cc}/u.test(filled)) return `its address holds a line break or a control character: ${JSON.stringify(filled)}`;
  const meant = addressparser(template.replaceAll(tag, filledIn), { flatten: true });
  const given = addressparser(filled, { flatten: true });
  if (given.length !== meant.length) {
    return `its \`to\` names ${meant.length} and was filled in to ${given.length} addresses: ${cutText(filled, 200)}`;
  }
  const wrong = given.find(({ address, name }) => !oneAddress.test(address) || name.includes('@'));
  if (wrong !== undefined) return `this is not one e-mail address: ${cutText(filled, 200)}`;
  const written = meant.filter(({ address }) => address !== '' && !address.includes(filledIn));
  const missing = written.find(({ address }) => !given.some((one) => one.address === address));
  return missing === undefined ? undefined : `what was filled in takes the place of ${missing.address}`;
}
