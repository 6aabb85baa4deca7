/** What the self-check tells a technician to do: one thing for every fault, and the one that the cause asks for. */
import { describe, expect, it } from 'vitest';
import { createSelfCheckWords, selfCheckStrings } from '../../../../shared/i18n/self-check-words.ts';
import { adviceOn } from '../../../../shared/self-check/item-words.ts';
import {
  type SelfCheckItem,
  type SelfCheckItemName,
  selfCheckItemNames,
} from '../../../../shared/self-check/report.ts';

const words = createSelfCheckWords('en-GB');
const adviceFor = (item: Omit<SelfCheckItem, 'outcome'>, outcome: SelfCheckItem['outcome'] = 'failed') => {
  const key = adviceOn({ ...item, outcome });
  return key === undefined ? undefined : words(key);
};

const generalFindings = ['partly', 'unavailable', 'no-answer'] as const;
it.each(selfCheckItemNames)('a fault of %s has something to do, whatever the cause', (name) => {
  for (const finding of generalFindings) {
    for (const outcome of ['degraded', 'failed'] as const) {
      expect(adviceFor({ name, finding, detail: '' }, outcome)).toBeTypeOf('string');
      expect(adviceFor({ name, finding, detail: 'an error that nobody foresaw' }, outcome)).toBeTypeOf(
        'string',
      );
    }
  }
});

it('no advice passes the technician on to the technician', () => {
  const advice = Object.entries(selfCheckStrings).filter(([key]) => key.startsWith('self-check.advice.'));
  expect(advice.length).toBeGreaterThan(20);
  for (const [key, text] of advice) expect(text['en-GB'], key).not.toMatch(/support|send/iu);
});

describe('a cause that stands in the line', () => {
  it.each<[SelfCheckItemName, string, string]>([
    [
      'eject',
      'udisks is not installed: only what this account may unmount can be ejected',
      'Install udisks2.',
    ],
    ['volumes', 'lsblk is not installed', 'Install the program that is named above.'],
    ['session', 'busctl, the tool to talk to logind with, is not installed', 'Install the program'],
    ['lock', 'no system bus runs on this system', 'D-Bus and systemd-logind'],
    ['presence', 'no login manager (logind) runs on this system', 'D-Bus and systemd-logind'],
    ['session', 'logind knows no login session of this process', 'Sign in at the desktop'],
    ['usb', 'this system has no USB bus', 'give it a USB controller'],
    ['account', 'Windows cannot be called: The specified module could not be found', 'AppLocker'],
    ['machine', 'this system keeps no machine id', 'systemd-machine-id-setup'],
    ['usb', 'USB gave no answer within 10000 ms', 'Restart the computer'],
    ['certificate', 'ERR_CERT_AUTHORITY_INVALID', "trust the school's own certificate authority"],
    ['certificate', 'ERR_CERT_AUTHORITY_INVALID; ca-certificate-unusable', 'where caCertificateFile says'],
    ['certificate', 'ERR_CERT_DATE_INVALID', "this computer's date"],
    ['certificate', 'ERR_CERT_COMMON_NAME_INVALID', 'collectorUrl'],
    ['certificate', 'ERR_SSL_PROTOCOL_ERROR', 'port in collectorUrl'],
    ['proxy', 'no answer within 15000 ms', 'Restart the computer'],
  ])('%s: %s', (name, detail, expected) => {
    expect(adviceFor({ name, finding: 'unavailable', detail })).toContain(expected);
  });
});

it('a refused certificate is put right before anything else about the collector', () => {
  const names = selfCheckItemNames.slice(-3);
  expect(names).toEqual(['certificate', 'collector', 'clock']);
  const detail = 'net::ERR_CERT_DATE_INVALID';
  expect(adviceFor({ name: 'collector', finding: 'collector-not-trusted', detail })).toBe(
    'Put the certificate right first: see the line above.',
  );
});

it('nothing is to do where all works, or where the part is not used', () => {
  expect(adviceFor({ name: 'usb', finding: 'works', detail: '' }, 'ok')).toBeUndefined();
  expect(
    adviceFor({ name: 'anti-virus', finding: 'anti-virus-absent', detail: 'none' }, 'not-applicable'),
  ).toBeUndefined();
});
