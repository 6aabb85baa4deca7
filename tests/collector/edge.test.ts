/** How the collector meets the network: certificates, proxies, monitoring and time limits. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { Agent, get, type RequestOptions } from 'node:https';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startCollector } from '../../collector/src/server.ts';
import { containing, makeFolder, startTestCollector } from '../support/collector/collector.ts';
import { serve } from '../support/collector/command-line.ts';

const run = promisify(execFile);

/** A certificate of its own for `localhost`; each one has another name in it. */
async function makeCertificate(folder: string, name: string, days = 2) {
  const files = {
    certificateFile: path.join(folder, `${name}.pem`),
    keyFile: path.join(folder, `${name}.key`),
  };
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost', '-days', String(days)],
    ...['-keyout', files.keyFile, '-out', files.certificateFile],
  ]);
  return files;
}

async function copyCertificate(from: Awaited<ReturnType<typeof makeCertificate>>, to: typeof from) {
  await writeFile(to.certificateFile, await readFile(from.certificateFile));
  await writeFile(to.keyFile, await readFile(from.keyFile));
}

const insecure = { rejectUnauthorized: false } as const;

/** Status and strict-transport header over one connection of an agent. */
function ask(url: string, options: RequestOptions): Promise<{ status: number; transport: string }> {
  return new Promise((resolve, reject) => {
    get(url, { ...insecure, ...options }, (response) => {
      response.resume();
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          transport: String(response.headers['strict-transport-security']),
        }),
      );
    }).once('error', reject);
  });
}

function nameIn(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject.CN);
}

async function nameOffered(address: string): Promise<string> {
  const socket = connectTls({ ...insecure, host: '127.0.0.1', port: Number(new URL(address).port) });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const name = nameIn(socket);
  socket.destroy();
  return name;
}

it('serves over TLS, takes a new certificate while it runs, and drops no connection', async () => {
  const folder = await makeFolder();
  const [used, second, other] = [
    await makeCertificate(folder, 'first'),
    await makeCertificate(folder, 'second'),
    await makeCertificate(folder, 'third'),
  ];
  const { address, collector, logged } = await startTestCollector({
    certificate: used,
    certificateCheckMs: 50,
  });
  expect(address).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/u);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  expect(await ask(`${address}/healthz`, { agent })).toEqual({
    status: 200,
    transport: containing('max-age=15552000'),
  });
  const [kept] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);

  await copyCertificate(second, used);
  await expect.poll(() => nameOffered(address)).toBe('second');
  // Half of a change: the key of another certificate.
  await writeFile(used.keyFile, await readFile(other.keyFile));
  await expect.poll(() => ask(`${address}/readyz`, {})).toMatchObject({ status: 503 });
  expect(logged.join('\n')).toContain('The certificate before it stays in use.');
  expect(await nameOffered(address)).toBe('second');
  await writeFile(used.certificateFile, await readFile(other.certificateFile));
  await expect.poll(() => nameOffered(address)).toBe('third');
  await expect.poll(() => ask(`${address}/readyz`, {})).toMatchObject({ status: 200 });

  expect((await ask(`${address}/healthz`, { agent })).status).toBe(200);
  const [stillKept] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
  expect(stillKept).toBe(kept);
  // One connection that never sends a handshake, and one that never sends a request.
  const silent = connect(Number(new URL(address).port), '127.0.0.1');
  const unused = connectTls({ ...insecure, host: '127.0.0.1', port: Number(new URL(address).port) });
  await new Promise((resolve) => unused.once('secureConnect', resolve));
  silent.on('error', () => undefined);
  unused.on('error', () => undefined);
  agent.destroy();
  await collector.close();
});

it('does not start with a certificate and a key that do not belong together', async () => {
  const folder = await makeFolder();
  const [one, two] = [await makeCertificate(folder, 'one'), await makeCertificate(folder, 'two')];
  const start = (certificate: typeof one) =>
    startCollector({ dataDirectory: path.join(folder, 'data'), port: 0, certificate, log: () => undefined });
  await expect(start({ ...one, keyFile: two.keyFile })).rejects.toThrow('are not a certificate and its key');
  await expect(start({ ...one, keyFile: path.join(folder, 'none') })).rejects.toThrow('(ENOENT)');
});

it('is not ready once its certificate has expired, and says which file to replace', async () => {
  const folder = await makeFolder();
  const certificate = await makeCertificate(folder, 'short');
  const { address, logged } = await startTestCollector({
    certificate,
    now: () => new Date(Date.now() + 3 * 86_400_000),
  });
  await expect.poll(() => ask(`${address}/readyz`, {})).toMatchObject({ status: 503 });
  expect(logged.join('\n')).toContain(`The certificate in ${certificate.certificateFile} expired on`);
});

it('believes the proxy that the settings name about who asks and how, and no other', async () => {
  const named = await startTestCollector({
    trustedProxies: ['127.0.0.1'],
    publicUrl: 'https://porthor.school.example',
  });
  const forwarded = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' };
  const status = async (address: string, headers: Record<string, string>) =>
    (await fetch(`${address}/metrics`, { headers })).status;
  // The proxy says that another computer asks.
  expect(await status(named.address, forwarded)).toBe(403);
  expect(await status(named.address, {})).toBe(200);
  expect((await fetch(`${named.address}/healthz`)).headers.get('strict-transport-security')).not.toBeNull();
  expect(await named.collector.createConsoleAddress()).toMatch(
    /^https:\/\/porthor\.school\.example\/sign-in\?code=/u,
  );

  const unnamed = await startTestCollector();
  expect(await status(unnamed.address, { 'x-forwarded-for': '127.0.0.1' })).toBe(403);
  expect((await fetch(`${unnamed.address}/healthz`)).headers.get('strict-transport-security')).toBeNull();
});

it('answers /metrics and /readyz for a token alone, where one is set', async () => {
  const { address } = await startTestCollector({ metricsToken: 'only for monitoring' });
  for (const place of ['/metrics', '/readyz']) {
    const refused = await fetch(address + place);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const wrong = await fetch(address + place, { headers: { authorization: 'Bearer only' } });
    expect(wrong.status).toBe(401);
  }
  const { address: short } = await startTestCollector({ metricsToken: 'secret' });
  const right = await fetch(`${short}/metrics`, { headers: { authorization: 'Bearer secret' } });
  expect(right.status).toBe(200);
  expect((await fetch(`${short}/healthz`)).status).toBe(200);
});

it('answers /metrics and /readyz on their own port alone, where one is set', async () => {
  const { address, collector } = await startTestCollector({ metricsPort: 0 });
  const monitor = collector.monitorAddress ?? '';
  expect(new URL(monitor).port).not.toBe(new URL(address).port);
  for (const [place, main] of [
    ['/metrics', 404],
    ['/readyz', 404],
    ['/healthz', 200],
  ] as const) {
    expect([place, (await fetch(address + place)).status]).toEqual([place, main]);
    expect([place, (await fetch(monitor + place)).status]).toEqual([place, 200]);
  }
  expect((await fetch(`${monitor}/v1/policies`)).status).toBe(404);
  expect(await (await fetch(`${monitor}/metrics`)).text()).toContain('route="/healthz"');
});

it('ends a connection that does not finish the head of its request, and says why', async () => {
  const { address } = await startTestCollector({ timeLimits: { headMs: 200, checkMs: 50 } });
  const port = Number(new URL(address).port);
  const slow = connect(port, '127.0.0.1');
  slow.write('GET /healthz HTTP/1.1\r\nhost: x\r\nx-');
  expect(await text(slow)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/u);
  const long = connect(port, '127.0.0.1');
  long.write(`GET /healthz HTTP/1.1\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);
  expect(await text(long)).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/u);
});

it('ends a connection that says nothing', async () => {
  const { address } = await startTestCollector({ timeLimits: { silenceMs: 200 } });
  expect(await text(connect(Number(new URL(address).port), '127.0.0.1'))).toBe('');
});

it('takes its settings from the environment, as a service or a container gives them', async () => {
  const folder = await makeFolder();
  const { certificateFile, keyFile } = await makeCertificate(folder, 'service');
  const served = await serve([], {
    until: 'monitoring on ',
    env: {
      PORTHOR_DATA: path.join(folder, 'data'),
      PORTHOR_PORT: '0',
      PORTHOR_TLS_CERTIFICATE: certificateFile,
      PORTHOR_TLS_KEY: keyFile,
      PORTHOR_METRICS_PORT: '0',
      PORTHOR_METRICS_TOKEN: 'secret',
      PORTHOR_HOST: '',
    },
  });
  onTestFinished(async () => void (await served.end('SIGKILL')));
  expect(served.address).toMatch(/^https:/u);
  const monitor = served.printed.at(-1)?.replace('monitoring on ', '') ?? '';
  expect((await fetch(`${monitor}/metrics`)).status).toBe(401);
  const allowed = await fetch(`${monitor}/metrics`, { headers: { authorization: 'Bearer secret' } });
  expect(allowed.status).toBe(200);
  expect((await served.end('SIGTERM')).code).toBe(0);
});
