/** Identifiers in the API's format: a prefix for the kind, then random digits. */
import { randomBytes } from 'node:crypto';

export function newId(
  kind:
    | 'resp'
    | 'msg'
    | 'rs'
    | 'cu'
    | 'cuo'
    | 'fc'
    | 'fco'
    | 'call'
    | 'item'
    | 'req'
    | 'file'
    | 'batch'
    | 'batch_req'
    | 'evt',
): string {
  return `${kind}_${randomBytes(24).toString('hex')}`;
}
