import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { evaluateCertificate } from '../../../../../electron/platform/certificates/evaluate-certificate.ts';
import {
  type CertificateOptions,
  makeAuthority,
  makeCertificate,
  purposes,
} from '../../../../fixtures/make-certificate.ts';

const root = makeAuthority();
const parsed = (...made: readonly { readonly pem: string }[]) =>
  made.map(({ pem }) => new X509Certificate(pem));
const judge = (
  options: CertificateOptions,
  host = 'collector.ysgol.example',
  authorities = parsed(root),
  now = new Date(),
) =>
  evaluateCertificate(
    new X509Certificate(
      makeCertificate({ issuer: root, hosts: ['collector.ysgol.example'], ...options }).pem,
    ),
    host,
    authorities,
    now,
  );
const refusal = (reason: RegExp) => ({ ok: false, error: expect.stringMatching(reason) as string });
const accepted = { ok: true, value: undefined };
const hour = 3_600_000;

describe('a server’s certificate', () => {
  it.each<[string, CertificateOptions, string]>([
    ['by its name', {}, 'collector.ysgol.example'],
    ['by its name in capitals', {}, 'Collector.Ysgol.Example'],
    ['by one of several', { hosts: ['a.example', 'collector.ysgol.example'] }, 'collector.ysgol.example'],
    ['by a wildcard', { hosts: ['*.ysgol.example'] }, 'collector.ysgol.example'],
    ['by its address', { hosts: ['10.1.2.3'] }, '10.1.2.3'],
    ['with a key of RSA', { rsaBits: 2048 }, 'collector.ysgol.example'],
    [
      'that says it is for servers',
      { purposes: [purposes.client, purposes.server] },
      'collector.ysgol.example',
    ],
  ])('is accepted from an authority in the file: %s', (_how, options, host) => {
    expect(judge(options, host)).toEqual(accepted);
  });

  it.each<[string, CertificateOptions, RegExp, string?]>([
    ['another name', { hosts: ['other.example'] }, /^is for DNS:other\.example and not for collector\.ysgol/],
    ['a name below', { hosts: ['ysgol.example'] }, /not for collector/],
    ['a wildcard of another level', { hosts: ['*.example'] }, /not for collector/],
    ['a part of a label', { hosts: ['coll*.ysgol.example'] }, /not for collector/],
    ['its name in the subject alone', { hosts: [], name: 'collector.ysgol.example' }, /^is for no name/],
    ['a name, asked for by address', { hosts: ['10.1.2.3.example'] }, /not for 10\.1\.2\.3$/, '10.1.2.3'],
    ['an address as a name', { hosts: ['*'] }, /not for 10\.1\.2\.3$/, '10.1.2.3'],
    ['time that is over', { validTo: new Date(Date.now() - hour / 2) }, /^is valid from .* only$/],
    ['time that is to come', { validFrom: new Date(Date.now() + hour) }, /^is valid from .* only$/],
    ['clients for its purpose', { purposes: [purposes.client] }, /^is not for servers$/],
    ['SHA-1', { hash: 'sha1' }, /^is signed with SHA-1 or MD5$/],
    ['a short key', { rsaBits: 1024 }, /too weak \(rsa, 1024 bits\)$/],
    [
      'itself for its issuer',
      { issuer: makeAuthority({ name: 'Else' }) },
      /^was issued by “CN=Else”, which is not among/,
    ],
  ])('is refused if it has %s', (_what, options, reason, host) => {
    expect(judge(options, host)).toEqual(refusal(reason));
  });

  it('is refused from an issuer that only uses the name of the authority', () => {
    const impostor = makeAuthority();
    expect(judge({ issuer: impostor })).toEqual(refusal(/not among the authorities/));
  });

  it('is refused from an intermediate authority, until that authority is in the file too', () => {
    const between = makeCertificate({ name: 'Ysgol Issuing', hosts: [], isAuthority: true, issuer: root });
    expect(judge({ issuer: between })).toEqual(refusal(/^was issued by “CN=Ysgol Issuing”/));
    expect(judge({ issuer: between }, undefined, parsed(root, between))).toEqual(accepted);
  });

  it.each<[string, CertificateOptions, RegExp]>([
    ['is no authority', { isAuthority: false }, /is not that of an authority$/],
    ['is over', { validTo: new Date(Date.now() - 1000) }, /whose own certificate is valid from/],
    ['is limited to some names', { permittedDomain: 'ysgol.example' }, /limits the names/],
    ['is for clients', { purposes: [purposes.client] }, /is not for issuing to servers$/],
    ['is weak', { rsaBits: 1024 }, /whose own certificate has a key that is too weak/],
  ])('is refused from an authority whose own %s', (_what, options, reason) => {
    const authority = makeAuthority(options);
    expect(judge({ issuer: authority }, undefined, parsed(authority))).toEqual(refusal(reason));
  });

  it('is accepted from the renewed certificate of an authority that is in the file beside its old one', () => {
    const [old, renewed] = [makeAuthority({ validTo: new Date(Date.now() - 1000) }), makeAuthority()];
    expect(judge({ issuer: renewed }, undefined, parsed(old, renewed))).toEqual(accepted);
    expect(judge({ issuer: old }, undefined, parsed(old, renewed)).ok).toBe(false);
  });

  it('is accepted when the file holds it itself, for its own names and dates only', () => {
    const own = makeCertificate({ hosts: ['collector.ysgol.example'] });
    const judgeOwn = (host: string, now = new Date()) =>
      evaluateCertificate(new X509Certificate(own.pem), host, parsed(own), now);
    expect(judgeOwn('collector.ysgol.example')).toEqual(accepted);
    expect(judgeOwn('other.example').ok).toBe(false);
    expect(judgeOwn('collector.ysgol.example', new Date(Date.now() + 48 * hour)).ok).toBe(false);
    const child = makeCertificate({ hosts: ['collector.ysgol.example'], issuer: own });
    expect(
      evaluateCertificate(new X509Certificate(child.pem), 'collector.ysgol.example', parsed(own), new Date())
        .ok,
    ).toBe(false);
  });

  it('is refused with its issuer’s name on one line and of limited length', () => {
    const answer = judge({ issuer: makeAuthority({ name: `Else\nO=${'x'.repeat(60)}\u0007` }) });
    expect(answer.ok ? '' : answer.error).not.toMatch(/\p{C}/u);
    expect(answer.ok ? '' : answer.error.length).toBeLessThan(300);
  });
});
