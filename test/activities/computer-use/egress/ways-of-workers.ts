/** Ways out that workers take, which no page's own routing sees. */
import { byScript, type Goal, type Way } from './way.ts';

const fetches = ({ url }: Goal): string => `fetch('${url}', { mode: 'no-cors' })`;
const imports = ({ url }: Goal): string => `importScripts('${url}')`;
const connects = ({ socketUrl }: Goal): string => `new WebSocket('${socketUrl}')`;
const serviceWorker = `navigator.serviceWorker.register('worker.js').catch(() => 0)`;

/** A worker's script must be of the page's own origin, also after a redirect. */
const refused = { control: { none: 'Chromium does not follow the redirect' } } as const;

export const waysOfWorkers: readonly Way[] = [
  byScript('fetch in a worker', () => `new Worker('worker.js')`, { scripts: { 'worker.js': fetches } }),
  byScript('WebSocket in a worker', () => `new Worker('worker.js')`, { scripts: { 'worker.js': connects } }),
  byScript('script in a worker', () => `new Worker('worker.js')`, { scripts: { 'worker.js': imports } }),
  byScript('module in a worker', () => `new Worker('worker.js', { type: 'module' })`, {
    scripts: { 'worker.js': ({ url }) => `import '${url}'` },
  }),
  byScript('worker, redirected', ({ redirect }) => `new Worker('${redirect}').onerror = over`, refused),
  byScript('fetch in a shared worker', () => `new SharedWorker('worker.js')`, { scripts: { 'worker.js': fetches } }),
  byScript('script in a shared worker', () => `new SharedWorker('worker.js')`, { scripts: { 'worker.js': imports } }),
  byScript('shared worker, redirected', ({ redirect }) => `new SharedWorker('${redirect}').onerror = over`, refused),
  byScript('fetch in a service worker', () => serviceWorker, { scripts: { 'worker.js': fetches } }),
  byScript('script in a service worker', () => serviceWorker, { scripts: { 'worker.js': imports } }),
  byScript(
    'service worker, redirected',
    ({ redirect }) => `navigator.serviceWorker.register('${redirect}').catch(() => 0).then(over)`,
    refused,
  ),
  byScript(
    'page by a service worker',
    () => `navigator.serviceWorker.ready.then(() => (location = 'moved'));
      navigator.serviceWorker.register('worker.js')`,
    {
      scripts: {
        'worker.js': ({ url }) => `
          addEventListener('install', () => skipWaiting());
          addEventListener('activate', (event) => event.waitUntil(clients.claim()));
          addEventListener('fetch', (event) => event.respondWith(Response.redirect('${url}')));`,
      },
    },
  ),
  byScript('audio worklet', ({ url }) => `new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule('${url}')`),
  byScript('paint worklet', ({ url }) => `CSS.paintWorklet.addModule('${url}')`),
];
