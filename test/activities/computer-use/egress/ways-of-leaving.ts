/** Ways out that a page takes while it is left, or that are to outlive it. */
import { byScript, type Way } from './way.ts';

const leave = { ending: 'leave' } as const;

export const waysOfLeaving: readonly Way[] = [
  byScript('beacon', ({ url }) => `navigator.sendBeacon('${url}', 'x')`),
  byScript('beacon, redirected', ({ redirect }) => `navigator.sendBeacon('${redirect}', 'x')`),
  byScript(
    'last beacon',
    ({ url }) => `addEventListener('pagehide', () => navigator.sendBeacon('${url}', 'x'))`,
    leave,
  ),
  byScript(
    'last fetch',
    ({ url }) => `addEventListener('pagehide', () => fetch('${url}', { mode: 'no-cors', keepalive: true }))`,
    leave,
  ),
  byScript(
    'last fetch, redirected',
    ({ redirect }) => `addEventListener('pagehide', () => fetch('${redirect}', { mode: 'no-cors', keepalive: true }))`,
    leave,
  ),
  byScript('last image', ({ url }) => `addEventListener('unload', () => (new Image().src = '${url}'))`, leave),
  byScript('fetchLater', ({ url }) => `fetchLater('${url}', { activateAfter: 0, mode: 'no-cors' })`),
];
