/** Approval by telephone on the PC: a code counts once, survives a restart, and a clock that is set back prolongs nothing. */
import { createHash, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  createOfflineApprovals,
  numberOf,
} from '../../../../../electron/services/media/offline-approvals.ts';
import { openOfflineApprovalsStore } from '../../../../../electron/storage/device-register/offline-approvals-store.ts';
import { dayOf, makeOfflineCode, makeSecret, verifierOf } from '../../../../../shared/device/offline-code.ts';
import { withDirectory } from '../../../../support/storage-fixtures.ts';

const hashes = {
  sha256: (text: string) => createHash('sha256').update(text).digest(),
  hmacSha256: (key: string, text: string) => createHmac('sha256', key).update(text).digest(),
};
const stick = { vendorId: '0781', productId: '5567', serial: '4C530001230815117284' };
const other = { ...stick, serial: '4C530001230815117285' };
const start = new Date('2026-11-30T13:00:00Z');
const secretOf = (slot: number) => makeSecret('key', 'agent-1', slot, hashes);
const offered = [0, 1].map((slot) => ({ slot, sha256: verifierOf(secretOf(slot), hashes) }));
const codeFor = (slot: number, days: number) =>
  makeOfflineCode(secretOf(slot), { number: numberOf(stick), day: dayOf(start) + days }, hashes);

function withApprovals(
  work: (parts: {
    readonly open: (collectorUrl?: string) => Promise<ReturnType<typeof createOfflineApprovals>>;
    readonly clock: { now: Date };
  }) => Promise<void>,
): Promise<void> {
  return withDirectory(async (directory) => {
    const clock = { now: start };
    const nowUtc = () => clock.now;
    const open = async (collectorUrl = 'https://collector.example') =>
      createOfflineApprovals({
        store: await openOfflineApprovalsStore({ directory, collectorUrl, nowUtc, onFault: () => undefined }),
        nowUtc,
      });
    await work({ open, clock });
  });
}

it('approves the one device that the code was made for, once, also after a restart', () =>
  withApprovals(async ({ open }) => {
    const first = await open();
    await first.offer(offered);
    expect(await first.use(codeFor(0, 7), other)).toBe('other-device');
    expect(await first.use(codeFor(0, 7), stick)).toBe('ready');
    expect(first.entries()).toEqual([{ ...stick, label: '', expiresAt: '2026-12-07T23:59:59.000Z' }]);
    const second = await open();
    expect(second.entries()).toHaveLength(1);
    expect(await second.use(codeFor(0, 7), stick)).toBe('used');
  }));

it('ends the approval with the last day, and a clock that is set back does not bring it back', () =>
  withApprovals(async ({ open, clock }) => {
    const first = await open();
    await first.offer(offered);
    await first.use(codeFor(0, 1), stick);
    clock.now = new Date('2026-12-02T08:00:00Z');
    expect(first.entries()).toEqual([]);
    expect(await first.use(codeFor(1, 1), stick)).toBe('late');
    await first.offer(offered);
    clock.now = start;
    const second = await open();
    expect(second.entries()).toEqual([]);
    expect(await second.use(codeFor(1, 1), stick)).toBe('clock-back');
  }));

it('knows no code before the collector was reached, and none of another collector', () =>
  withApprovals(async ({ open }) => {
    const first = await open();
    expect(await first.use(codeFor(0, 7), stick)).toBe('other-pc');
    await first.offer(offered);
    const elsewhere = await open('https://another.example');
    expect(await elsewhere.use(codeFor(0, 7), stick)).toBe('other-pc');
  }));
