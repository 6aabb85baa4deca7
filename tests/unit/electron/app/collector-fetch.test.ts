import { describe, expect, it } from 'vitest';
import { createCollectorFetch } from '../../../../electron/app/collector-fetch.ts';

const systemFetch = () => Promise.reject(new Error('no network in this test'));
const choose = (collectorUrl: string, caCertificateFile: string) =>
  createCollectorFetch({
    config: { collectorUrl, caCertificateFile },
    networkSession: 'collector',
    environment: {},
    fetch: systemFetch,
    nowUtc: () => new Date(),
    onFault: () => undefined,
  });

describe('how the collector is asked', () => {
  it.each([
    ['no authority is named', 'https://porthor.ysgol.example', ''],
    ['there is no collector', '', '/etc/porthor/ca.pem'],
    ['nothing is encrypted', 'http://127.0.0.1:8080', '/etc/porthor/ca.pem'],
  ])('is as the system does it where %s', (_where, collectorUrl, file) => {
    expect(choose(collectorUrl, file)).toBe(systemFetch);
  });

  it.each(['https://porthor.ysgol.example', 'HTTPS://porthor.ysgol.example/p'])(
    'is another way for %s with an authority of the school’s own',
    (collectorUrl) => {
      expect(choose(collectorUrl, '/etc/porthor/ca.pem')).not.toBe(systemFetch);
    },
  );
});
