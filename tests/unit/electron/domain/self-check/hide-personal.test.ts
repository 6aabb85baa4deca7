/** The personal details that are removed from the system's messages, and the text that stays readable. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHider } from '../../../../../electron/domain/self-check/hide-personal.ts';

const hideForms = createHider({ names: [], others: [] });

describe('text that is personal by its form', () => {
  it.each([
    ["EACCES: permission denied, open '/home/siân prys/.config/x'", 'siân'],
    ['cannot read C:\\Users\\Siân Prys\\AppData\\Local', 'Prys'],
    ['no such share \\\\server\\staff$\\sprys', 'sprys'],
    ['/media/sprys/My stick is gone', 'stick'],
    ['owned by S-1-5-21-1004336348-1177238915-682003330-1107', '1004336348'],
    ['owned by YSGOL\\sprys', 'sprys'],
    ['ask sprys@ysgol.example about it', 'sprys'],
    ['getaddrinfo ENOTFOUND porthor.ysgol.example', 'ysgol'],
    ['connect ECONNREFUSED 10.20.30.40:443', '10.20.30.40'],
    ['connect ECONNREFUSED fe80:0:0:0:1:2:3:4', 'fe80'],
    ['card 00:1a:2b:3c:4d:5e', '3c:4d'],
    ['serial 4C530001230711104295 is odd', '4C53'],
    ['agent 018f3c1c-2f1f-7f6a-9b2f-6d0f1a4e8b7c', '6d0f1a4e8b7c'],
    ['https://porthor.ysgol.example/healthz?x=1 failed', 'ysgol'],
    ['the group "Siân\'s class" is not known', 'class'],
  ])('%s', (text, personal) => {
    expect(hideForms(text)).not.toContain(personal);
    expect(hideForms(text)).toContain('[…]');
  });
});

it.each([
  'net::ERR_CERT_AUTHORITY_INVALID',
  'BitLocker protection 6',
  'crypto_LUKS 2',
  'SHGetPropertyStoreFromParsingName: error 0x80070005',
  'org.freedesktop.login1 did not answer within 5000 ms',
  'user32.dll: LockWorkStation is missing',
  'Windows 11 Education (10.0.22631)',
  'Debian GNU/Linux 12 (bookworm)',
  '/sys/bus/usb/devices/ not found',
])('keeps what a technician needs: %s', (text) => {
  expect(hideForms(text)).toBe(text);
});

it('hides each word of a name, in any case, and a short name only as a word of its own', () => {
  const hide = createHider({ names: ['Siân Prys', 'Al'], others: ['tok/en+1'] });
  expect(hide('SIÂN came, then prys')).toBe('[…] came, then […]');
  expect(hide('al also fell')).toBe('[…] also fell');
  expect(hide('given tok/en+1 today')).toBe('given […] today');
});

it('hides any value at any place in a text', () => {
  const word = fc
    .string({ minLength: 3, unit: 'grapheme' })
    .map((text) => text.replaceAll(/\s/gu, '').trim());
  // Three letters at least: a shorter value is hidden only as a word of its own.
  const name = word.map((text) => `zq0${text}`);
  fc.assert(
    fc.property(name, name, fc.string({ maxLength: 20 }), (first, second, around) => {
      const hide = createHider({ names: [first], others: [second] });
      const shown = hide(`${around} ${first} ${around}${second}${around}`).toLowerCase();
      expect(shown).not.toContain('zq0');
    }),
  );
});

it('drops the end of a text that was cut, because it may hold half a name', () => {
  const hide = createHider({ names: ['Llanfairpwllgwyngyll'], others: [] });
  expect(hide(`${'word '.repeat(58)}Llanfairpw`)).not.toContain('Llanf');
});
