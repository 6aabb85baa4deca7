import { describe, expect, it } from 'vitest';
import { lockEvent, signedOutEvent } from '../../../../../electron/services/idle/lock-events.ts';
import { eventDataSchemas } from '../../../../../shared/wire/events.ts';

const parties = {
  subject: 'S-1-5-21-1-2-3-1107',
  account: { name: 'sprys', domain: 'YSGOL', sid: 'S-1-5-21-1-2-3-1107', upn: '', displayName: '' },
  machine: { id: '5f3c1c2f', hostname: 'LAB-07', os: 'Windows 11' },
};

describe('the report of a lock', () => {
  it.each(['idle', 'asked', 'sleep'] as const)('fits the wire, locked or not: %s', (cause) => {
    const locked = lockEvent({ kind: 'locked', cause, certainty: 'confirmed', attempts: 1 }, parties);
    expect(locked.type).toBe('porthor.workstation.locked.v1');
    expect(eventDataSchemas[locked.type].parse(locked.data)).toEqual(locked.data);
    const failed = lockEvent({ kind: 'lock-failed', cause, attempts: 3, reason: 'x'.repeat(5000) }, parties);
    expect(failed.type).toBe('porthor.workstation.lock-failed.v1');
    expect(eventDataSchemas[failed.type].parse(failed.data)).toEqual(failed.data);
    expect(failed.subject).toBe(parties.subject);
  });
});

it('reports a sign-out with the limit that caused it', () => {
  const event = signedOutEvent(1800, parties);
  expect(event).toMatchObject({ type: 'porthor.workstation.signed-out.v1', subject: parties.subject });
  expect(eventDataSchemas[event.type].parse(event.data)).toMatchObject({
    cause: 'idle',
    signOutAfterSeconds: 1800,
  });
});
