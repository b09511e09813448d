/** Ways out that take a tab, or a new one, to another page. */
import { byPage, byScript, fullScreen, type Way } from './way.ts';

const click = { ending: 'click' } as const;

export const waysOfMoving: readonly Way[] = [
  byPage('link', ({ url }) => `<a ${fullScreen} href="${url}">go</a>`, click),
  byPage('link by TLS', ({ secureUrl }) => `<a ${fullScreen} href="${secureUrl}">go</a>`, {
    ...click,
    arrives: 'connection',
  }),
  byPage('link, redirected', ({ redirect }) => `<a ${fullScreen} href="${redirect}">go</a>`, click),
  byPage('link, redirected to TLS', ({ secureRedirect }) => `<a ${fullScreen} href="${secureRedirect}">go</a>`, {
    ...click,
    arrives: 'connection',
  }),
  byPage('download', ({ url }) => `<a ${fullScreen} href="${url}" download>go</a>`, click),
  byPage('download, redirected', ({ redirect }) => `<a ${fullScreen} href="${redirect}" download>go</a>`, click),
  byPage('form', ({ url }) => `<form method="post" action="${url}"><button ${fullScreen}>go</button></form>`, click),
  byPage(
    'form, redirected',
    ({ redirect }) => `<form method="post" action="${redirect}"><button ${fullScreen}>go</button></form>`,
    click,
  ),
  byPage('refresh', ({ url }) => `<meta http-equiv="refresh" content="0;url=${url}">`),
  byPage('refresh by header', () => 'x', { headers: ({ url }) => ({ refresh: `0;url=${url}` }) }),
  byScript('location', ({ url }) => `location = '${url}'`),
  byScript(
    'frame that breaks out',
    ({ url }) => `
    document.documentElement.append(Object.assign(document.createElement('iframe'), {
      srcdoc: '<a target=_top id=a href=${url}>go</a><script>a.click()<' + '/script>' }))`,
  ),
  byPage('new tab', ({ url }) => `<a ${fullScreen} target="_blank" href="${url}">go</a>`, click),
  byPage('new tab, redirected', ({ redirect }) => `<a ${fullScreen} target="_blank" href="${redirect}">go</a>`, click),
  byPage(
    'pop-up',
    ({ url }) => `<button ${fullScreen} onclick="window.open('${url}', '', 'width=99')">go</button>`,
    click,
  ),
  byPage(
    'pop-up, redirected',
    ({ redirect }) => `<button ${fullScreen} onclick="window.open('${redirect}', '', 'noopener')">go</button>`,
    click,
  ),
  byPage('ping', ({ url }) => `<a ${fullScreen} href="#x" ping="${url}" onclick="setTimeout(over, 500)">go</a>`, {
    ...click,
    control: 'unguarded',
  }),
];
