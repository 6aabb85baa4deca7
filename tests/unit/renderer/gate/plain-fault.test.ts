/** The plain sentence for a technical reason at the gate. */
import { expect, test } from 'vitest';
import { plainFault } from '../../../../renderer/gate/plain-fault.ts';

test.each([
  ['outbox: append: ENOSPC: no space left on device, write', 'gate.fault.full'],
  ["records: open: EACCES: permission denied, open '/var/lib'", 'gate.fault.refused'],
  ['EIO: i/o error, read', 'gate.fault.disk'],
  ['ENOENT: no such file or directory', 'gate.fault.missing'],
  ['connect ECONNREFUSED 10.0.0.1:443', 'gate.fault.network'],
  ['the policy folder is empty', undefined],
  ['', undefined],
])('%j', (detail, expected) => {
  expect(plainFault(detail)).toBe(expected);
});
