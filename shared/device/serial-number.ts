/** Whether a serial number can single a device out, judged by the number alone. */

/** Numbers are compared in this form: systems differ in case and in the blanks that they keep. */
export function normaliseSerial(serial: string): string {
  return serial.replaceAll(/[\p{C}\p{Z}]+/gu, '').toUpperCase();
}

/** Shorter ones leave too few numbers for all sticks of a model. */
const shortestSerial = 4;

/** What makers and systems write where there is no number. */
const placeholders: ReadonlySet<string> = new Set([
  'NONE',
  'NULL',
  'N/A',
  'UNKNOWN',
  'DEFAULT',
  'DEFAULTSTRING',
  'SERIAL',
  'SERIALNUMBER',
  'NOTSPECIFIED',
  'NOSERIALNUMBER',
  'TOBEFILLEDBYO.E.M.',
  'DEADBEEF',
  'CAFEBABE',
]);

/** Windows makes a number of its own up for a device without one; its mark is an ampersand in the second place. */
const madeUpByWindows = /^.&/u;

/** The address of a bus controller, which Linux gives to the hubs that stand for it. */
const busAddress = /^[0-9A-F]{4}:[0-9A-F]{2}:[0-9A-F]{2}\.[0-7]$/u;

const runs = [
  '0123456789',
  '1234567890',
  '0123456789ABCDEF',
  '123456789ABCDEF',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
];

/** One sign or one short group over and over (`0000…`, `ABABAB…`), or the keyboard's own order (`0123456789…`). */
function isPattern(serial: string): boolean {
  for (let length = 1; length <= serial.length / 3; length += 1) {
    if (serial.startsWith(serial.slice(0, length).repeat(Math.floor(serial.length / length)))) {
      const rest = serial.length % length;
      if (serial.endsWith(serial.slice(0, rest))) return true;
    }
  }
  return runs.some((run) => {
    const endless = run.repeat(Math.ceil(serial.length / run.length) + 1);
    const backwards = [...endless].reverse().join('');
    return endless.startsWith(serial) || backwards.includes(serial);
  });
}

/** `repeated`: two devices that are plugged in now carry it, or one list of approved devices has it twice. */
export const serialQualities = ['good', 'blank', 'repeated', 'made-up'] as const;
export type SerialQuality = (typeof serialQualities)[number];

/**
 * `blank` and `made-up` numbers are the same on many devices, so that approving one would approve them all
 * (USBGuard#337: 200 sticks, one number).
 */
export function serialQuality(serial: string): Exclude<SerialQuality, 'repeated'> {
  const plain = normaliseSerial(serial);
  if (plain === '') return 'blank';
  const isMadeUp =
    plain.length < shortestSerial ||
    placeholders.has(plain) ||
    madeUpByWindows.test(plain) ||
    busAddress.test(plain) ||
    isPattern(plain);
  return isMadeUp ? 'made-up' : 'good';
}
