/** A collector with a certificate of the school's own authority: what trusts it, and what the agent reports. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { type MadeCertificate, makeAuthority, makeCertificate } from '../fixtures/make-certificate.ts';
import { acceptAndContinue } from '../support/e2e/answer.ts';
import { type HttpsFront, startHttpsFront, startSchoolProxy } from '../support/e2e/https-front.ts';
import { test as base, type RunningAgent, type World } from '../support/e2e/world.ts';

const authority = makeAuthority();

interface Desk {
  readonly front: HttpsFront;
  readonly agent: RunningAgent;
}

/** Starts the agent against an https collector called `localhost`, and accepts the policy. */
type SitDown = (options: {
  readonly certificate: MadeCertificate;
  /** Content of the file that the school names; undefined: the file is missing. */
  readonly authorities: string | undefined;
}) => Promise<Desk>;

const test = base.extend<{ readonly sitDown: SitDown }>({
  sitDown: async ({ world }, use) => {
    const fronts: HttpsFront[] = [];
    await use(async ({ certificate, authorities }) => {
      const front = await startHttpsFront(certificate, world.collector().address);
      fronts.push(front);
      const file = path.join(world.folder, 'ysgol-ca.pem');
      if (authorities !== undefined) await writeFile(file, authorities);
      await world.configure({ collectorUrl: `https://localhost:${front.port}`, caCertificateFile: file });
      const agent = await world.start();
      await acceptAndContinue(await agent.gate());
      expect(await agent.opened()).toBe('receipt');
      return { front, agent };
    });
    for (const front of fronts) await front.close();
  },
});

const acknowledgementCount = async (world: World) => (await world.collector().acknowledgements()).length;
const logOfRun = async (agent: RunningAgent) => (await agent.log()).slice(agent.logBefore);

/** Sends a request from the agent's collector session or from its default one. Returns the status or the error. */
function ask(agent: RunningAgent, url: string, as: 'agent' | 'others'): Promise<string> {
  return agent.app.evaluate(
    async ({ session }, { address, own }) => {
      const asking = own ? session.fromPartition('collector') : session.defaultSession;
      try {
        return String((await asking.fetch(address)).status);
      } catch (error) {
        return String(error);
      }
    },
    { address: url, own: as === 'agent' },
  );
}

test('a certificate of the school’s authority is trusted for the collector, and for nothing else', async ({
  world,
  sitDown,
}) => {
  const certificate = makeCertificate({ issuer: authority, hosts: ['localhost', '127.0.0.1'] });
  const { agent, front } = await sitDown({ certificate, authorities: authority.pem });
  await expect.poll(() => acknowledgementCount(world), { timeout: 15_000 }).toBe(1);
  expect(front.handshakes()).toBeGreaterThan(0);
  expect(await logOfRun(agent)).not.toContain('fault:');

  const collector = `https://localhost:${front.port}/healthz`;
  expect(await ask(agent, collector, 'agent')).toBe('200');
  expect(await ask(agent, collector, 'others')).toContain('ERR_CERT_AUTHORITY_INVALID');
  // The same server and certificate under another name count as another server.
  expect(await ask(agent, `https://127.0.0.1:${front.port}/healthz`, 'agent')).toContain(
    'ERR_CERT_AUTHORITY_INVALID',
  );
});

for (const [title, refused, reason] of [
  [
    'another authority',
    { certificate: makeCertificate({ issuer: makeAuthority({ name: 'Else' }) }), authorities: authority.pem },
    'fault: collector-certificate-refused: localhost: Nothing is sent to the collector: its certificate was issued by “CN=Else”, which is not among the authorities in the file.',
  ],
  [
    'the school’s authority for another host',
    {
      certificate: makeCertificate({ issuer: authority, hosts: ['other.ysgol.example'] }),
      authorities: authority.pem,
    },
    'its certificate is for DNS:other.ysgol.example and not for localhost.',
  ],
  [
    'the school’s authority, which is over',
    {
      certificate: makeCertificate({ issuer: authority, validTo: new Date(Date.now() - 60_000) }),
      authorities: authority.pem,
    },
    'fault: collector-certificate-refused: localhost: Nothing is sent to the collector: its certificate is valid from',
  ],
  [
    'the school’s authority, whose file is missing',
    { certificate: makeCertificate({ issuer: authority }), authorities: undefined },
    'fault: ca-certificate-unusable: caCertificateFile: ysgol-ca.pem is not there. The collector is trusted only where the system trusts it.',
  ],
  [
    'the school’s authority, whose file holds something else',
    { certificate: makeCertificate({ issuer: authority }), authorities: 'not a certificate' },
    'fault: ca-certificate-unusable: caCertificateFile: ysgol-ca.pem does not hold a certificate in PEM or DER that can be read.',
  ],
] as const) {
  test(`the agent sends nothing to a collector with a certificate of ${title}, and reports the reason`, async ({
    world,
    sitDown,
  }) => {
    const { agent, front } = await sitDown(refused);
    await expect.poll(() => logOfRun(agent)).toContain(reason);
    expect(await ask(agent, `https://localhost:${front.port}/healthz`, 'agent')).toMatch(/ERR_CERT_/u);
    expect(front.handshakes()).toBe(0);
    expect(await acknowledgementCount(world)).toBe(0);
  });
}

test('the agent reads a corrected file at its next start, and sends the waiting events', async ({
  world,
  sitDown,
}) => {
  const certificate = makeCertificate({ issuer: authority });
  const { agent, front } = await sitDown({ certificate, authorities: undefined });
  await agent.close();
  await writeFile(path.join(world.folder, 'ysgol-ca.pem'), authority.pem);
  expect(await acknowledgementCount(world)).toBe(0);
  const next = await world.start();
  expect(await next.opened()).toBe('receipt');
  await expect.poll(() => acknowledgementCount(world), { timeout: 20_000 }).toBe(1);
  expect(front.handshakes()).toBeGreaterThan(0);
});

test('the school’s authority is also trusted through a proxy, and an intercepted connection is refused', async ({
  world,
}) => {
  const hosts = ['porthor.ysgol.example'];
  const file = path.join(world.folder, 'ysgol-ca.cer');
  await writeFile(file, authority.der);
  const good = await startHttpsFront(
    makeCertificate({ issuer: authority, hosts }),
    world.collector().address,
  );
  const interceptor = await startHttpsFront(
    makeCertificate({ issuer: makeAuthority({ name: 'Inspection' }), hosts }),
    world.collector().address,
  );
  const proxies = [await startSchoolProxy(interceptor.port), await startSchoolProxy(good.port)] as const;
  const start = ({ address }: { readonly address: string }) =>
    world.start({ env: { https_proxy: address, no_proxy: '' } });
  try {
    await world.configure({ collectorUrl: 'https://porthor.ysgol.example', caCertificateFile: file });
    const intercepted = await start(proxies[0]);
    await acceptAndContinue(await intercepted.gate());
    expect(await intercepted.opened()).toBe('receipt');
    await expect.poll(() => logOfRun(intercepted)).toContain('was issued by “CN=Inspection”');
    expect(interceptor.handshakes()).toBe(0);
    expect(await acknowledgementCount(world)).toBe(0);
    await intercepted.close();

    const agent = await start(proxies[1]);
    expect(await agent.opened()).toBe('receipt');
    await expect.poll(() => acknowledgementCount(world), { timeout: 20_000 }).toBe(1);
    expect(proxies[1].asked).toContain('porthor.ysgol.example:443');
    await agent.close();
  } finally {
    for (const one of [...proxies, good, interceptor]) await one.close();
  }
});
