/** The promises of the network port. The fake keeps them, and so does the adapter over a scripted Electron. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createElectronNetworkPort } from '../../../electron/platform/network/network.electron.ts';
import type { AuthorityProblem, NetworkPort } from '../../../electron/platform/network/network-port.ts';
import { createFakeNetworkPort, type FakeNetworkPort } from '../../fakes/platform/fake-electron-ports.ts';
import { makeAuthority, makeCertificate } from '../../fixtures/make-certificate.ts';

type VerifyRequest = {
  readonly hostname: string;
  readonly errorCode: number;
  readonly verificationResult: string;
  readonly certificate: { readonly data: string };
};
type Verify = (request: VerifyRequest, answer: (verdict: number) => void) => void;

/** One of Electron's sessions: the requests that it made, and its verifier. */
const createSession = (name: string) => ({
  verify: undefined as Verify | undefined,
  fetch: (url: string) => Promise.resolve(new Response(`${name} ${url}`)),
  resolveProxy: () => Promise.resolve('PROXY proxy.ysgol.example:8080; DIRECT'),
  setCertificateVerifyProc(verify: Verify) {
    this.verify = verify;
  },
});
type ScriptedSession = ReturnType<typeof createSession>;

const electron = vi.hoisted(() => ({
  sessions: new Map<string, unknown>(),
  options: new Map<string, unknown>(),
}));
vi.mock('electron', () => ({
  app: { whenReady: () => Promise.resolve() },
  session: {
    get defaultSession() {
      return sessionCalled('default');
    },
    fromPartition: (name: string, options: unknown) => {
      electron.options.set(name, options);
      return sessionCalled(name);
    },
  },
}));
function sessionCalled(name: string): ScriptedSession {
  const known = (electron.sessions.get(name) as ScriptedSession | undefined) ?? createSession(name);
  electron.sessions.set(name, known);
  return known;
}
beforeEach(() => {
  electron.sessions.clear();
  electron.options.clear();
});

const createFake = (): FakeNetworkPort => {
  const fake = createFakeNetworkPort();
  fake.answerWith((url) => Promise.resolve(new Response(`default ${url}`)));
  fake.proxyWith(() => Promise.resolve('PROXY proxy.ysgol.example:8080; DIRECT'));
  return fake;
};

const request = () =>
  ({
    method: 'GET',
    headers: {},
    signal: new AbortController().signal,
    redirect: 'error',
    cache: 'no-store',
  }) as const;
const [root, stranger] = [makeAuthority(), makeAuthority({ name: 'Stranger' })];
const hostname = 'collector.ysgol.example';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'porthor-network-'));
  file = path.join(folder, 'ca.pem');
  await writeFile(file, root.pem);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const trust = async (port: NetworkPort, authorityFile = file) => {
  const problems: AuthorityProblem[] = [];
  const fetch = await port.trustAuthority({
    session: 'collector',
    hostname,
    file: authorityFile,
    nowUtc: () => new Date(),
    onProblem: (problem) => problems.push(problem),
  });
  return { fetch, problems };
};

describe.each([
  ['the fake', createFake],
  ['the adapter', () => createElectronNetworkPort({ isInMemory: false })],
])('the network of %s', (_name, create) => {
  it('reports its capability, answers a request, and names the proxies in their order', async () => {
    const port = create();
    expect(port.capability()).toEqual({ name: 'network', level: 'full', reason: '' });
    expect(await (await port.fetch('https://a.example/', request())).text()).toBe(
      'default https://a.example/',
    );
    expect(await port.resolveProxy('https://a.example/')).toBe('PROXY proxy.ysgol.example:8080; DIRECT');
  });

  it('answers a request that trusts an authority, without reporting a problem', async () => {
    const { fetch, problems } = await trust(create());
    expect(await (await fetch('https://a.example/', request())).text()).toContain('https://a.example/');
    expect(problems).toEqual([]);
  });
});

describe('the adapter', () => {
  it('keeps nothing on disk for a program that asks for that', async () => {
    const port = createElectronNetworkPort({ isInMemory: true });
    expect(await (await port.fetch('https://a.example/', request())).text()).toBe(
      'in-memory https://a.example/',
    );
    expect(electron.options.get('in-memory')).toEqual({ cache: false });
    expect(electron.sessions.has('default')).toBe(false);
  });

  it('trusts an authority only in a separate session', async () => {
    const { fetch } = await trust(createElectronNetworkPort({ isInMemory: false }));
    expect(await (await fetch('https://a.example/', request())).text()).toBe('collector https://a.example/');
    expect(sessionCalled('default').verify).toBeUndefined();
  });

  it('reports an unusable file at once, and leaves the decision to Chromium', async () => {
    const { problems } = await trust(
      createElectronNetworkPort({ isInMemory: false }),
      path.join(folder, 'missing.pem'),
    );
    expect(problems).toEqual([{ kind: 'authority-unusable', reason: 'missing.pem is not there' }]);
    expect(await verify({})).toBe(-3);
  });

  const good = makeCertificate({ issuer: root, hosts: [hostname] });
  const verify = (change: Partial<VerifyRequest>): Promise<number> =>
    new Promise((resolve) => {
      sessionCalled('collector').verify?.(
        {
          hostname,
          errorCode: -202,
          verificationResult: 'net::ERR_CERT_AUTHORITY_INVALID',
          certificate: { data: good.pem },
          ...change,
        },
        resolve,
      );
    });
  const bad = { data: makeCertificate({ issuer: stranger, hosts: [hostname] }).pem };

  it.each<[string, Partial<VerifyRequest>, number, RegExp | undefined]>([
    ['accepts the authority’s certificate for the host', {}, 0, undefined],
    ['lets Chromium decide on another host', { hostname: 'other.example' }, -3, undefined],
    ['lets Chromium accept what it accepts', { errorCode: 0, certificate: bad }, -3, undefined],
    ['refuses another issuer', { certificate: bad }, -3, /^was issued by “CN=Stranger”, which is not among/],
    [
      'refuses another fault than an unknown issuer',
      { errorCode: -201, verificationResult: 'net::ERR_CERT_DATE_INVALID' },
      -3,
      /^was found to be wrong \(net::ERR_CERT_DATE_INVALID\)$/,
    ],
    ['refuses what is no certificate', { certificate: { data: 'x' } }, -3, /^could not be evaluated/],
  ])('%s', async (_what, change, verdict, reason) => {
    const { problems } = await trust(createElectronNetworkPort({ isInMemory: false }));
    expect(await verify(change)).toBe(verdict);
    expect(problems).toEqual(
      reason === undefined
        ? []
        : [{ kind: 'certificate-refused', reason: expect.stringMatching(reason) as string }],
    );
  });

  it('reads the file again for each certificate', async () => {
    const corrected = path.join(folder, 'corrected.pem');
    await writeFile(corrected, stranger.pem);
    const { problems } = await trust(createElectronNetworkPort({ isInMemory: false }), corrected);
    expect(await verify({})).toBe(-3);
    await writeFile(corrected, root.pem);
    expect(await verify({})).toBe(0);
    expect(problems).toHaveLength(1);
  });
});
