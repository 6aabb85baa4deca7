import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseSerial, serialQuality } from '../../../../shared/device/serial-number.ts';

describe('a serial number', () => {
  it.each([
    '4C530001230711104295',
    '60A44C413FAEE3B0',
    'AA00000000000489',
    '070B5E8A1D3C',
    'CCBB1909',
    'X9F2',
  ])('%s identifies a device', (serial) => {
    expect(serialQuality(serial)).toBe('good');
  });

  it.each(['', ' ', '\u0000\u0000', '\t\n'])('%j is blank', (serial) => {
    expect(serialQuality(serial)).toBe('blank');
  });

  it.each([
    '0',
    '123',
    '0000000000000000',
    'ffffffffffffffff',
    'ABABABABAB',
    '1234567890',
    '0123456789ABCDEF',
    '12345678901234567890',
    '9876543210',
    'none',
    'Serial Number',
    '6&2A5B3C&0&1',
    '0000:00:14.0',
  ])('%s is made up', (serial) => {
    expect(serialQuality(serial)).toBe('made-up');
  });

  it('is compared without case and blanks, and always in the same form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (serial) => {
        const once = normaliseSerial(serial);
        expect(normaliseSerial(once)).toBe(once);
        expect(serialQuality(` ${serial.toLowerCase()} `)).toBe(serialQuality(serial.toLowerCase()));
      }),
    );
  });

  it('is never good when it repeats one character, whatever its length', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 1 }),
        fc.integer({ min: 1, max: 200 }),
        (sign, count) => {
          expect(serialQuality(sign.repeat(count))).not.toBe('good');
        },
      ),
    );
  });
});
