/** Which server gets which certificate of this PC: as a rule none gets any. */
import { describe, expect, it } from 'vitest';
import {
  chooseClientCertificate,
  clientCertificateRule,
} from '../../../../../electron/platform/network/client-certificate.ts';

const now = new Date('2026-11-22T08:40:00Z');
const at = (text: string) => Date.parse(text) / 1000;
const certificate = (
  issuerName: string,
  validExpiry = '2027-11-22T00:00:00Z',
  validStart = '2026-01-01T00:00:00Z',
) => ({
  issuerName,
  validStart: at(validStart),
  validExpiry: at(validExpiry),
});
const school = certificate('Ysgol CA');
const rule = clientCertificateRule('https://collector.example', 'Ysgol CA');
const choose = (offered: readonly ReturnType<typeof certificate>[], server = 'collector.example:443') =>
  chooseClientCertificate(rule, server, offered, now);

describe('the rule for client certificates', () => {
  it.each([
    ['https://collector.example', '', undefined],
    ['', 'Ysgol CA', undefined],
    ['http://127.0.0.1:8080', 'Ysgol CA', undefined],
    [
      'https://Collector.example/porthor',
      'Ysgol CA',
      { server: 'collector.example:443', issuer: 'Ysgol CA' },
    ],
    ['https://[2001:db8::1]:8443', 'Ysgol CA', { server: '[2001:db8::1]:8443', issuer: 'Ysgol CA' }],
  ])('for %j and the issuer %j', (collectorUrl, issuer, expected) => {
    expect(clientCertificateRule(collectorUrl, issuer)).toEqual(expected);
  });
});

describe('a server that asks for a certificate', () => {
  it('gets none without a rule', () => {
    expect(chooseClientCertificate(undefined, 'collector.example:443', [school], now)).toBeUndefined();
  });

  it('gets the one of the configured issuer if it is the collector, on its port', () => {
    expect(choose([certificate('Someone else'), school])).toBe(school);
    expect(choose([school], 'COLLECTOR.example:443')).toBe(school);
    expect(choose([school], 'other.example:443')).toBeUndefined();
    expect(choose([school], 'collector.example:8443')).toBeUndefined();
    expect(choose([certificate('Someone else')])).toBeUndefined();
  });

  it('gets the one that is valid now, and of two the one that is valid longer', () => {
    const renewed = certificate('Ysgol CA', '2028-01-01T00:00:00Z');
    const over = certificate('Ysgol CA', '2026-11-01T00:00:00Z');
    const later = certificate('Ysgol CA', '2029-01-01T00:00:00Z', '2027-01-01T00:00:00Z');
    expect(choose([school, over, later, renewed])).toBe(renewed);
    expect(choose([over, later])).toBeUndefined();
  });
});
