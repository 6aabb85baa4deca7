/** The plain sentence for a technical reason at the gate. */
import { expect, test } from 'vitest';
import { plainFault } from '../../../../renderer/gate/plain-fault.ts';

test.each([
  ['outbox: append: ENOSPC: no space left on device, write', 'gate.fault.full'],
  ["records: open: EACCES: permission denied, open '/var/lib'", 'gate.fault.refused'],
  ['EIO: i/o error, read', 'gate.fault.disk'],
  ['ENOENT: no such file or directory', 'gate.fault.missing'],
  ['connect ECONNREFUSED 10.0.0.1:443', 'gate.fault.network'],
  ['the directory gave no answer within 10000 ms', 'gate.fault.slow'],
  ['the school’s folder: policy.directory: it did not answer in time', 'gate.fault.slow'],
  ['staff: policy.json: statements: Required', 'gate.fault.policy'],
  ['staff: policy.cy-GB.md: it is empty', 'gate.fault.policy'],
  [
    "staff: policy.json: ENOENT: no such file or directory, open '/srv/staff/policy.json'",
    'gate.fault.missing',
  ],
  ['the policy folder is empty', undefined],
  ['', undefined],
])('%j', (detail, expected) => {
  expect(plainFault(detail)).toBe(expected);
});
