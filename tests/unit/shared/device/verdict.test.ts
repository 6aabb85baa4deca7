import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approvalSchema, isAllowed } from '../../../../shared/device/approval.ts';
import {
  compareVerdicts,
  deviceProblemSchema,
  isProblemVerdict,
  type Verdict,
  verdictSchema,
  worstVerdict,
} from '../../../../shared/device/verdict.ts';

const verdicts = verdictSchema.options;

describe('verdicts', () => {
  it('rank from unencrypted files to encrypted and open', () => {
    const known: readonly Verdict[] = ['not-encrypted', 'cannot-tell', 'locked', 'encrypted'];
    expect(verdicts.toSorted(compareVerdicts).filter((one) => known.includes(one))).toEqual(known);
  });

  it('never share a rank, so that the order of volumes decides nothing', () => {
    for (const one of verdicts) {
      for (const other of verdicts) expect(compareVerdicts(one, other) === 0).toBe(one === other);
    }
  });

  it('give cannot-tell for a device without volumes', () => {
    expect(worstVerdict([])).toBe('cannot-tell');
  });

  it('of several volumes give one of them, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...verdicts), { minLength: 1, maxLength: 6 }), (found) => {
        const worst = worstVerdict(found);
        expect(found).toContain(worst);
        expect(found.every((other) => compareVerdicts(worst, other) <= 0)).toBe(true);
        expect(worstVerdict(found.toReversed())).toBe(worst);
      }),
    );
  });

  it('that are problems come before not-approved in the wire format', () => {
    expect(deviceProblemSchema.options).toEqual(
      expect.arrayContaining(['not-encrypted', 'cannot-tell', 'not-approved']),
    );
    expect(deviceProblemSchema.options.at(-1)).toBe('not-approved');
    expect(verdicts.filter(isProblemVerdict)).toEqual(deviceProblemSchema.options.slice(0, -1));
  });
});

describe('approvals', () => {
  it('allow a device that is approved, or that needs no approval', () => {
    expect(approvalSchema.options.filter(isAllowed)).toEqual(['approved', 'not-required']);
  });
});
