/**
 * The security headers of every answer: what a page may load, and where its forms may lead. A header that a route has
 * set is kept.
 */
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { isEmbeddedForm } from '../embed/address.ts';

export function pageHeaders(): MiddlewareHandler {
  const standard = secureHeaders(headers('SAMEORIGIN'));
  // That header supports no list; the page's own policy says who may frame it.
  const framed = secureHeaders(headers(false));
  return (context, next) => (isEmbeddedForm(context.req.path) ? framed : standard)(context, next);
}

/** The policy of a form that redirects to another site after it is sent: browsers apply it to the redirect too. */
export function formPolicy(redirectUrl: string | undefined): string {
  const targets = redirectUrl === undefined ? ["'self'"] : ["'self'", new URL(redirectUrl).origin];
  return policyText(contentPolicy(targets, ["'self'"]));
}

/** The policy of a page that exactly these sites may frame. */
export function framedPolicy(origins: readonly string[]): string {
  return policyText(contentPolicy(["'self'"], [...origins]));
}

function headers(xFrameOptions: 'SAMEORIGIN' | false) {
  return {
    overwrite: false,
    // The visitor's previous page is only sent to this site.
    referrerPolicy: 'same-origin',
    contentSecurityPolicy: contentPolicy(["'self'"], ["'self'"]),
    xFrameOptions,
  };
}

function contentPolicy(formAction: string[], frameAncestors: string[]) {
  return {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    frameAncestors,
    formAction,
  };
}

function policyText(policy: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(policy)
    .map(([name, sources]) => `${kebab(name)} ${sources.join(' ')}`)
    .join('; ');
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
