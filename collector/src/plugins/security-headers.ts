/** Headers that keep a browser from doing more with an answer than it is meant for. */
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

const directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'connect-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'form-action': ["'self'"],
  'base-uri': ["'none'"],
  'frame-ancestors': ["'none'"],
};

/** A browser that has once seen the collector over TLS asks for nothing else for this long. */
const strictTransportSeconds = 180 * 24 * 60 * 60;

const ownHeaders = { 'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()' };

/** For answers to what is not HTTP or has no readable address: no hook runs for them. */
export const securityHeaders: Readonly<Record<string, string>> = {
  ...ownHeaders,
  'content-security-policy': Object.entries(directives)
    .map(([name, values]) => [name, ...values].join(' '))
    .join(';'),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/**
 * Answers hold names and tokens, so nothing is cached unless its route says otherwise. `isEncrypted`: browsers reach the
 * collector over https, by its own certificate or by a proxy.
 */
export async function addSecurityHeaders(
  app: FastifyInstance,
  { isEncrypted }: { readonly isEncrypted: boolean },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives },
    frameguard: { action: 'deny' },
    strictTransportSecurity: isEncrypted ? { maxAge: strictTransportSeconds } : false,
  });
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers({ ...ownHeaders, 'cache-control': 'no-store' });
    done();
  });
}
