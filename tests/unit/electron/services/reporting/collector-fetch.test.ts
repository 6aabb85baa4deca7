import { describe, expect, it } from 'vitest';
import { createCollectorFetch } from '../../../../../electron/services/reporting/collector-fetch.ts';
import type { StorageFault } from '../../../../../electron/storage/storage-fault.ts';
import { createFakeNetworkPort } from '../../../../fakes/platform/fake-electron-ports.ts';

function reach(collectorUrl: string, caCertificateFile: string) {
  const network = createFakeNetworkPort();
  network.answerWith((url) => Promise.resolve(new Response(url)));
  const faults: StorageFault[] = [];
  let loads = 0;
  const fetch = createCollectorFetch({
    config: { collectorUrl, caCertificateFile },
    networkSession: 'collector',
    environment: { SCHOOL: '/srv/school' },
    loadNetwork: () => {
      loads += 1;
      return Promise.resolve(network);
    },
    nowUtc: () => new Date(),
    onFault: (fault) => faults.push(fault),
  });
  const ask = async () => {
    const { signal } = new AbortController();
    const answer = await fetch(`${collectorUrl}/healthz`, {
      method: 'GET',
      headers: {},
      signal,
      redirect: 'error',
      cache: 'no-store',
    });
    return answer.text();
  };
  return { ask, faults, loads: () => loads, network };
}

describe('the connection to the collector', () => {
  it.each([
    ['no authority is named', 'https://porthor.ysgol.example', ''],
    ['there is no collector', '', '/etc/porthor/ca.pem'],
    ['nothing is encrypted', 'http://127.0.0.1:8080', '/etc/porthor/ca.pem'],
  ])('is the system’s own where %s', async (_where, collectorUrl, file) => {
    const { ask, network } = reach(collectorUrl, file);
    expect(await ask()).toBe(`${collectorUrl}/healthz`);
    expect(network.authorities()).toEqual([]);
  });

  it.each([
    ['https://porthor.ysgol.example', 'porthor.ysgol.example'],
    ['HTTPS://porthor.ysgol.example:8443/p', 'porthor.ysgol.example'],
    ['https://[::1]:8443', '::1'],
  ])('trusts the school’s authority for the host of %s alone', async (collectorUrl, hostname) => {
    const { ask, network } = reach(collectorUrl, '%SCHOOL%/ca.pem');
    expect(await ask()).toBe(`${collectorUrl}/healthz`);
    expect(network.authorities()).toMatchObject([
      { session: 'collector', hostname, file: '/srv/school/ca.pem' },
    ]);
  });

  it('is opened at the first request, and once', async () => {
    const { ask, loads, network } = reach('https://porthor.ysgol.example', '/etc/porthor/ca.pem');
    expect(loads()).toBe(0);
    await Promise.all([ask(), ask()]);
    await ask();
    expect(loads()).toBe(1);
    expect(network.authorities()).toHaveLength(1);
  });

  it('reports each problem of the authority as a separate fault', async () => {
    const { ask, faults, network } = reach('https://porthor.ysgol.example', '/etc/porthor/ca.pem');
    await ask();
    network.troubleWith([
      { kind: 'authority-unusable', reason: 'ca.pem is not there' },
      { kind: 'certificate-refused', reason: 'is not for servers' },
    ]);
    expect(faults).toEqual([
      {
        fault: 'ca-certificate-unusable',
        subject: 'caCertificateFile',
        reason: 'ca.pem is not there. The collector is trusted only where the system trusts it.',
      },
      {
        fault: 'collector-certificate-refused',
        subject: 'porthor.ysgol.example',
        reason: 'Nothing is sent to the collector: its certificate is not for servers.',
      },
    ]);
  });
});
