/** Ways out that a page takes to load something. */
import { byPage, byScript, type Way } from './way.ts';

const wait = 'addEventListener("load", () => setTimeout(over, 500))';

export const waysOfLoading: readonly Way[] = [
  byScript('fetch', ({ url }) => `fetch('${url}', { mode: 'no-cors' })`),
  byScript('fetch by TLS', ({ secureUrl }) => `fetch('${secureUrl}', { mode: 'no-cors' })`, { arrives: 'connection' }),
  byScript('fetch, redirected', ({ redirect }) => `fetch('${redirect}', { mode: 'no-cors' })`),
  byScript('XMLHttpRequest', ({ url }) => `const x = new XMLHttpRequest(); x.open('POST', '${url}'); x.send('x')`),
  byScript('EventSource', ({ url }) => `new EventSource('${url}')`),
  byScript('WebSocket', ({ socketUrl }) => `new WebSocket('${socketUrl}')`),
  byScript('WebSocket by TLS', ({ socketUrl }) => `new WebSocket('${socketUrl.replace('ws:', 'wss:')}')`, {
    arrives: 'connection',
  }),
  byScript('WebSocketStream', ({ socketUrl }) => `new WebSocketStream('${socketUrl}').opened.catch(() => 0)`),
  byPage('image', ({ url }) => `<img src="${url}">`),
  byPage('image, redirected', ({ redirect }) => `<img src="${redirect}">`),
  byPage('image in SVG', ({ url }) => `<svg><image href="${url}" width="9" height="9"></svg>`),
  byPage('style sheet', ({ url }) => `<link rel="stylesheet" href="${url}">`),
  byPage('style sheet by @import', ({ url }) => `<style>@import "${url}";</style>`),
  byPage('picture in a style', ({ url }) => `<p style="background:url('${url}')">x`),
  byPage(
    'font',
    ({ url }) => `<style>@font-face { font-family: f; src: url("${url}") }</style><p style="font:1em f">x`,
  ),
  byPage('script', ({ url }) => `<script src="${url}"></script>`),
  byPage(
    'script with integrity',
    ({ url }) => `<script src="${url}" crossorigin integrity="sha384-${'A'.repeat(64)}"></script>`,
  ),
  byPage('module', ({ url }) => `<script type="module">import '${url}'</script>`),
  byPage('frame', ({ url }) => `<iframe src="${url}"></iframe>`),
  byPage('frame, redirected', ({ redirect }) => `<iframe src="${redirect}"></iframe>`),
  byPage('frame that moves on', ({ url }) => `<iframe srcdoc="<script>location='${url}'</script>"></iframe>`),
  byPage(
    'form in a frame',
    ({ url }) => `<iframe name="f"></iframe><form method="post" target="f" action="${url}"></form>
      <script>document.forms[0].submit()</script>`,
  ),
  byPage('object', ({ url }) => `<object data="${url}"></object>`),
  byPage('embed', ({ url }) => `<embed src="${url}">`),
  byPage('video', ({ url }) => `<video src="${url}" preload="auto"></video>`),
  byPage('poster', ({ url }) => `<video poster="${url}"></video>`),
  byPage('audio', ({ url }) => `<audio src="${url}" preload="auto"></audio>`),
  byPage('preload', ({ url }) => `<link rel="preload" as="image" href="${url}">`),
  byPage('module preload', ({ url }) => `<link rel="modulepreload" href="${url}">`),
  byPage('preload by header', () => 'x', { headers: ({ url }) => ({ link: `<${url}>; rel=preload; as=image` }) }),
  byPage('prefetch', ({ url }) => `<link rel="prefetch" href="${url}">`),
  byPage('preconnect', ({ secureUrl }) => `<link rel="preconnect" href="${secureUrl}"><script>${wait}</script>`, {
    arrives: 'connection',
    control: { none: 'not taken without our guard either, in a browser without a window' },
  }),
  byPage('prefetch by rules', ({ url }) => `${rules('prefetch', url)}<script>${wait}</script>`, {
    control: { none: 'Chromium prefetches other sites by TLS alone' },
  }),
  byPage('prerender by rules', ({ url }) => `${rules('prerender', url)}<script>${wait}</script>`, {
    control: { none: 'Chromium prerenders the own site alone' },
  }),
  byPage('prerender, redirected', ({ redirect }) => `${rules('prerender', redirect)}<script>${wait}</script>`, {
    control: 'unguarded',
  }),
  byPage('violation report', () => '<img src="data:,x">', {
    headers: ({ url }) => ({ 'content-security-policy': `img-src 'none'; report-uri ${url}` }),
  }),
  byPage('Reporting API', () => `<img src="data:,x"><script>${wait}</script>`, {
    headers: ({ secureUrl }) => ({
      'reporting-endpoints': `there="${secureUrl}"`,
      'content-security-policy': "img-src 'none'; report-to there",
    }),
    arrives: 'connection',
    control: { none: 'reports wait for a minute' },
  }),
  byPage('network error log', () => `<script>${wait}</script>`, {
    headers: ({ secureUrl }) => ({
      'report-to': JSON.stringify({ group: 'g', max_age: 99, endpoints: [{ url: secureUrl }] }),
      nel: '{"report_to":"g","max_age":99,"success_fraction":1}',
    }),
    arrives: 'connection',
    control: { none: 'sites without TLS may not ask for it' },
  }),
  byPage('icon', ({ url }) => `<link rel="icon" href="${url}">`),
  byPage('manifest', ({ url }) => `<link rel="manifest" href="${url}"><script>${wait}</script>`, {
    control: { none: 'loaded by a browser that offers to install the page' },
  }),
  byPage('source map', ({ url }) => `<script>${wait}\n//# sourceMappingURL=${url}\n</script>`, {
    control: { none: 'loaded by open developer tools alone' },
  }),
  byPage('name looked up ahead', ({ url }) => `<link rel="dns-prefetch" href="${url}"><script>${wait}</script>`, {
    control: { none: 'behind a proxy the browser looks no name up' },
  }),
];

function rules(kind: string, url: string): string {
  return `<script type="speculationrules">{"${kind}":[{"urls":["${url}"],"eagerness":"immediate"}]}</script>`;
}
