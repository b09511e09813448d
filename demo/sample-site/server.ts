/**
 * The sample business that the demo's browser visits: a small site with a cookie banner, prices, a contact form, and two
 * faults for the audit to find. It records every effect, so that a test can see whether a form was sent twice.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Hono, type Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { EnquirySchema, brokenBookingPage, contactPage, missingPage, thanksPage } from './contact.ts';
import { Effects, type SiteRequest, type Submission } from './effects.ts';
import { barePage, pageWithNavigation, type Frame, type Markup } from './layout.ts';
import { listenOnLoopback } from '../loopback-server.ts';
import { aboutPage, homePage, pricesPage, servicesPage } from './pages.ts';

export interface SampleSiteOptions {
  /** 0, the default, selects a free port. */
  readonly port?: number;
  /** Whether pages have the state strip; true by default. */
  readonly strip?: boolean;
}

export interface SampleSite {
  /** Without a slash at the end. */
  readonly url: string;
  /** Every enquiry so far, in order. */
  readonly submissions: readonly Submission[];
  /** Every request so far except those for control and assets, in order. */
  readonly requests: readonly SiteRequest[];
  readonly close: () => Promise<void>;
}

export async function startSampleSite(options: SampleSiteOptions = {}): Promise<SampleSite> {
  const effects = new Effects();
  const { url, close } = await listenOnLoopback(createSampleSite(effects, options.strip ?? true), options.port ?? 0);
  return { url, submissions: effects.submissions, requests: effects.requests, close };
}

const sessionCookie = 'nordlicht_session';

const readingPages = [
  { page: 'home', path: '/', title: 'Bicycle repairs in Hamburg', content: homePage },
  { page: 'services', path: '/services', title: 'Services', content: servicesPage },
  { page: 'prices', path: '/prices', title: 'Prices', content: pricesPage },
  { page: 'about', path: '/about', title: 'About us', content: aboutPage },
];

const assets: Readonly<Record<string, { readonly file: URL; readonly type: string }>> = {
  'site.css': { file: new URL('assets/site.css', import.meta.url), type: 'text/css' },
  'cookie-banner.js': { file: new URL('assets/cookie-banner.js', import.meta.url), type: 'text/javascript' },
};

function createSampleSite(effects: Effects, strip: boolean): Hono {
  const app = new Hono();

  app.get('/_control/effects', (context) => context.json(effects.summary()));
  app.get('/assets/:name', async (context) => {
    const asset = assets[context.req.param('name')];
    if (asset === undefined) return context.notFound();
    return context.body(await readFile(asset.file, 'utf8'), 200, { 'content-type': `${asset.type}; charset=utf-8` });
  });

  app.use(async (context, next) => {
    if (getCookie(context, sessionCookie) === undefined) {
      setCookie(context, sessionCookie, randomUUID(), { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 86_400 });
    }
    // Pages are not cached: after going back, a cached page would show an old state.
    context.header('cache-control', 'no-store');
    await next();
    const { method, path } = context.req;
    effects.addRequest({ method, path, status: context.res.status, session: sessionOf(context) });
  });

  const frameOf = (context: Context, page: string, title: string): Frame => ({
    page,
    title,
    consented: getCookie(context, 'cookie_consent') !== undefined,
    strip,
  });
  const show = (context: Context, page: string, title: string, content: Markup) =>
    context.html(pageWithNavigation(frameOf(context, page, title), content));

  for (const { page, path, title, content } of readingPages) {
    app.get(path, (context) => show(context, page, title, content()));
  }
  app.get('/contact', (context) => {
    const session = sessionOf(context);
    const sent = session !== null && effects.hasSentFrom(session);
    return show(context, 'contact', 'Contact', contactPage({ sent, refused: false }));
  });
  app.post('/contact', async (context) => {
    const enquiry = EnquirySchema.safeParse(await context.req.parseBody());
    if (!enquiry.success) {
      context.status(422);
      return show(context, 'contact', 'Contact', contactPage({ sent: false, refused: true }));
    }
    effects.addSubmission({ session: sessionOf(context) ?? 'none', ...enquiry.data });
    return context.redirect('/contact/thanks', 303);
  });
  app.get('/contact/thanks', (context) => show(context, 'thanks', 'Thank you', thanksPage()));

  app.get('/book', (context) => context.html(barePage(frameOf(context, 'error', 'Error'), brokenBookingPage()), 500));
  app.notFound((context) => context.html(barePage(frameOf(context, 'missing', 'Not found'), missingPage()), 404));
  return app;
}

/** The session cookie of the request; undefined on the first request. */
function sessionOf(context: Context): string | null {
  return getCookie(context, sessionCookie) ?? null;
}
