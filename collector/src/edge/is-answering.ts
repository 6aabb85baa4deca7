/** Whether a collector answers at an address of this computer. */
import { get as getPlain } from 'node:http';
import { get as getEncrypted } from 'node:https';

const deadlineMs = 2000;

/** The certificate is not checked: it names the school's host and not this computer's loopback address. */
export function isAnswering(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const url = new URL('/healthz', address);
    const signal = AbortSignal.timeout(deadlineMs);
    const request =
      url.protocol === 'https:'
        ? getEncrypted(url, { signal, rejectUnauthorized: false })
        : getPlain(url, { signal });
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('error', () => resolve(false));
  });
}
