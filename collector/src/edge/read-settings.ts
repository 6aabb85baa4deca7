/** Reads addresses of proxies and of the console from the command line. */
import { isIP } from 'node:net';
import { UsageError } from '../collector-error.ts';

/** An address, or a range such as 10.1.0.0/16. */
export function isProxyAddress(text: string): boolean {
  const [address = '', bits, more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/u.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** The origin of the address under which people reach the console. Throws UsageError for anything else. */
export function readPublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/u.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new UsageError(
      `--public-url takes the address of a web server without a path, such as https://porthor.school.example, not "${text}".`,
    );
  }
  return url.origin;
}
