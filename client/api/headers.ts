/** The headers of every answer: what a page may load and where its forms may lead. A route's own header stands. */
import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

export function pageHeaders(): MiddlewareHandler {
  return secureHeaders({
    overwrite: false,
    // Which site a visitor came from is told within this site alone.
    referrerPolicy: 'same-origin',
    contentSecurityPolicy: contentPolicy(["'self'"]),
    xFrameOptions: 'SAMEORIGIN',
  });
}

/** The policy of a form that leads on to another site when it is sent: browsers judge the redirect by it too. */
export function formPolicy(redirectUrl: string | undefined): string {
  const targets = redirectUrl === undefined ? ["'self'"] : ["'self'", new URL(redirectUrl).origin];
  const parts = Object.entries(contentPolicy(targets));
  return parts.map(([name, sources]) => `${kebab(name)} ${sources.join(' ')}`).join('; ');
}

function contentPolicy(formAction: string[]) {
  return {
    defaultSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    frameAncestors: ["'self'"],
    formAction,
  };
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
