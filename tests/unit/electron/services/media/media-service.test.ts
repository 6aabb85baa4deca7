/** The media service on scripted ports and a fake clock: which devices it warns of, when, and what it reports. */
import { describe, expect, it } from 'vitest';
import type { MediaService } from '../../../../../electron/services/media/media-contract.ts';
import { createMediaService } from '../../../../../electron/services/media/media-service.ts';
import type { NewEvent } from '../../../../../electron/storage/outbox/outbox.ts';
import { defaultManagedConfig, type ManagedConfig } from '../../../../../shared/config/managed-config.ts';
import { fail, succeed } from '../../../../../shared/lib/result.ts';
import {
  type MediaAnswer,
  mediaApprovalRequestedDataSchema,
  mediaSeenDataSchema,
  type RegisterEntry,
} from '../../../../../shared/wire/media.ts';
import { createFakeClock } from '../../../../fakes/platform/fake-clock.ts';
import { createFakeRemovableMedia } from '../../../../fakes/platform/fake-removable-media.ts';
import { makeDrive, makeUsbDevice, makeVolume } from '../../../../fixtures/make-drive.ts';
import { drainMicrotasks } from '../../../../support/drain-microtasks.ts';
import { account, machine } from '../../../../support/storage-fixtures.ts';

const approved: RegisterEntry = {
  vendorId: '0781',
  productId: '5567',
  serial: '4C530001230711104295',
  label: 'Office 3',
};

function makeService(changes: Partial<ManagedConfig['media']> = {}) {
  const ports = createFakeRemovableMedia();
  const clock = createFakeClock();
  const reported: NewEvent[] = [];
  const surface: string[] = [];
  const asked: string[] = [];
  const state = {
    register: [] as RegisterEntry[],
    approvedByCode: [] as readonly RegisterEntry[],
    answers: [] as MediaAnswer[],
    isDiskFull: false,
    isInFront: true,
    settings: changes,
  };
  const service = createMediaService({
    ...ports,
    clock,
    settings: () => ({ ...defaultManagedConfig.media, ...state.settings }),
    canAsk: true,
    register: () => state.register,
    offline: {
      entries: () => state.approvedByCode,
      use: (code, device) => {
        if (code !== 'GOOD') return Promise.resolve('other-device');
        const { vendorId, productId, serial } = device;
        state.approvedByCode = [{ vendorId, productId, serial, label: '' }];
        return Promise.resolve('ready');
      },
    },
    answers: () => state.answers,
    account: () => account,
    machine,
    isInFront: () => Promise.resolve(state.isInFront),
    language: () => 'cy-GB',
    surface: {
      prepare: () => void surface.push('prepare'),
      show: () => void surface.push('show'),
      hide: () => {
        if (surface.at(-1) !== 'hide' && surface.length > 0) surface.push('hide');
      },
    },
    report: (event) => {
      if (state.isDiskFull) return Promise.resolve(fail('disk full'));
      reported.push(event);
      return Promise.resolve(succeed(undefined));
    },
    onAsked: () => void asked.push('asked'),
    onFault: () => undefined,
    log: () => undefined,
  });
  const seen = () =>
    reported
      .filter(({ type }) => type === 'porthor.media.seen.v1')
      .map(({ data }) => mediaSeenDataSchema.parse(data));
  const advance = async (ms: number) => {
    clock.advance(ms);
    await drainMicrotasks();
  };
  const plug = async () => {
    ports.usb.plug(makeUsbDevice());
    await drainMicrotasks();
    ports.volumes.show([makeDrive()]);
    await drainMicrotasks();
  };
  const pull = async () => {
    ports.volumes.show([]);
    ports.usb.pull(makeUsbDevice().key);
    await drainMicrotasks();
  };
  const paint = () => service.notePainted(service.cards().map(({ id }) => id));
  return { ...ports, clock, reported, surface, asked, state, service, seen, advance, plug, pull, paint };
}

type Parts = ReturnType<typeof makeService>;

/** Runs with a started service whose gate is open, and proves that its end leaves nothing behind. */
async function withService(
  work: (parts: Parts) => Promise<void>,
  changes: Partial<ManagedConfig['media']> = {},
): Promise<void> {
  const parts = makeService(changes);
  await parts.service.start();
  parts.service.allowWarnings();
  await drainMicrotasks();
  try {
    await work(parts);
  } finally {
    await parts.service.stop();
    expect(parts.clock.pendingTimers()).toBe(0);
    expect(parts.usb.listeners() + parts.volumes.listeners()).toBe(0);
  }
}

const idOf = (service: MediaService) => service.cards()[0]?.id ?? '';

describe('a stick that the user plugs in', () => {
  it('prepares the window before its volumes appear, shows a warning, and is reported once', () =>
    withService(async ({ plug, paint, surface, service, seen, advance }) => {
      await plug();
      expect(surface).toEqual(['prepare', 'show']);
      expect(service.cards()).toMatchObject([
        { name: 'SanDisk Cruzer Blade', problems: ['not-encrypted', 'not-approved'], places: ['TEACHING'] },
      ]);
      paint();
      expect(seen()).toEqual([]);
      await advance(2000);
      expect(seen()).toMatchObject([
        { arrival: 'inserted', warned: true, approved: false, encryption: 'not-encrypted', mode: 'warn' },
      ]);
      await advance(3_600_000);
      expect(seen()).toHaveLength(1);
    }));

  it('is reported without a warning when the window never paints', () =>
    withService(async ({ plug, seen, advance }) => {
      await plug();
      await advance(9999);
      expect(seen()).toEqual([]);
      await advance(1);
      expect(seen()).toMatchObject([{ warned: false }]);
    }));

  it('shows no warning and is reported when all is well; the prepared window closes', () =>
    withService(async ({ plug, state, volumes, surface, service, seen, advance }) => {
      state.register = [approved];
      await plug();
      volumes.show([makeDrive({ volumes: [makeVolume({ encryption: 'locked' })] })]);
      service.close();
      await drainMicrotasks();
      await advance(2000);
      expect(service.cards()).toEqual([]);
      expect(surface.at(-1)).toBe('hide');
      expect(seen()).toMatchObject([{ encryption: 'locked', approved: true, problems: [] }]);
    }));

  it('causes a warning only after a moment when its encryption cannot be found out', () =>
    withService(async ({ usb, volumes, state, service, advance }) => {
      state.register = [approved];
      usb.plug(makeUsbDevice());
      volumes.show([makeDrive({ volumes: [makeVolume({ encryption: 'cannot-tell' })] })]);
      await drainMicrotasks();
      await advance(1499);
      expect(service.cards()).toEqual([]);
      await advance(1);
      expect(service.cards()).toMatchObject([{ problems: ['cannot-tell'] }]);
    }));

  it('is one incident through a reset of its port', () =>
    withService(async ({ plug, paint, usb, volumes, seen, advance, service }) => {
      await plug();
      paint();
      await advance(2500);
      usb.pull(makeUsbDevice().key);
      volumes.show([]);
      await drainMicrotasks();
      await advance(1000);
      usb.plug(makeUsbDevice({ key: '1-2#8' }));
      volumes.show([makeDrive({ key: 'sdc@13' })]);
      await drainMicrotasks();
      await advance(10_000);
      expect(seen()).toHaveLength(1);
      expect(service.pluggedIn()).toHaveLength(1);
      expect(service.cards()).toHaveLength(1);
    }));

  it('causes one warning an hour, and the second time only a report', () =>
    withService(async ({ plug, pull, paint, advance, service, seen }) => {
      await plug();
      paint();
      await advance(2000);
      service.close();
      await pull();
      await advance(60_000);
      await plug();
      expect(service.cards()).toEqual([]);
      await advance(2000);
      expect(seen().map(({ warned }) => warned)).toEqual([true, false]);
      await pull();
      await advance(3_600_000);
      await plug();
      expect(service.cards()).toHaveLength(1);
    }));

  it('causes a warning when it is plugged in again, where the first warning never reached the screen', () =>
    withService(async ({ plug, pull, paint, advance, service, surface, seen }) => {
      await plug();
      // The page crashed before it had painted.
      service.close();
      await pull();
      await advance(5000);
      expect(seen()).toMatchObject([{ warned: false }]);
      await plug();
      expect(surface.at(-1)).toBe('show');
      paint();
      await advance(2000);
      expect(seen()).toMatchObject([{ warned: false }, { warned: true }]);
    }));

  it('gets two tries of a warning where the page crashes each time, and no more', () =>
    withService(async ({ plug, advance, service, surface }) => {
      await plug();
      for (let look = 0; look < 20; look += 1) {
        service.close();
        await advance(11_000);
        service.registerChanged();
        await advance(1000);
      }
      expect(surface.filter((what) => what === 'show')).toHaveLength(2);
    }));

  it('is reported once the disk accepts the report again', () =>
    withService(async ({ plug, paint, advance, state, service, seen }) => {
      state.isDiskFull = true;
      await plug();
      paint();
      await advance(3000);
      expect(seen()).toEqual([]);
      state.isDiskFull = false;
      service.registerChanged();
      await advance(1);
      expect(seen()).toMatchObject([{ warned: true }]);
      service.registerChanged();
      await advance(1);
      expect(seen()).toHaveLength(1);
    }));

  it('disappears from the screen and from the tray when it is unplugged', () =>
    withService(async ({ plug, pull, advance, service, surface, seen }) => {
      await plug();
      await pull();
      expect(service.pluggedIn()).toEqual([]);
      await advance(3000);
      expect(service.cards()).toEqual([]);
      expect(surface.at(-1)).toBe('hide');
      expect(seen()).toHaveLength(1);
    }));

  it('hides its serial number on the screen and in reports where the school wants that', () =>
    withService(
      async ({ plug, paint, service, reported, advance }) => {
        await plug();
        paint();
        expect(service.cards()[0]?.serial).toBe('');
        await service.askForApproval(idOf(service), 'trip');
        await advance(2000);
        expect(reported).toHaveLength(2);
        expect(JSON.stringify(reported)).not.toContain('4C530001230711104295');
      },
      { hideSerials: true },
    ));

  it('is reported and not shown in audit mode', () =>
    withService(
      async ({ plug, surface, service, seen, advance }) => {
        await plug();
        await advance(2000);
        expect(service.cards()).toEqual([]);
        expect(surface).toEqual([]);
        expect(seen()).toMatchObject([
          { warned: false, mode: 'audit', problems: ['not-encrypted', 'not-approved'] },
        ]);
      },
      { mode: 'audit' },
    ));
});

describe('a stick that is plugged in already', () => {
  it('is reported as present, and its warning waits for the gate', async () => {
    const parts = makeService();
    const { usb, volumes, service, surface, paint, seen, advance } = parts;
    usb.plug(makeUsbDevice());
    volumes.show([makeDrive()]);
    await service.start();
    await advance(60_000);
    expect([surface, seen(), service.cards()]).toEqual([[], [], []]);
    expect(service.pluggedIn()).toHaveLength(1);
    service.allowWarnings();
    await drainMicrotasks();
    expect(service.cards()).toHaveLength(1);
    paint();
    expect(seen()).toMatchObject([{ arrival: 'present', warned: true }]);
    await service.stop();
    expect(parts.clock.pendingTimers()).toBe(0);
  });

  it('waits as well where the gate was shut again before it was plugged in', () =>
    withService(async ({ service, plug, advance, surface }) => {
      service.holdWarnings();
      await plug();
      await advance(60_000);
      expect([surface, service.cards()]).toEqual([[], []]);
      service.allowWarnings();
      await drainMicrotasks();
      expect(service.cards()).toHaveLength(1);
    }));

  it('is reported without a warning if it was plugged in only while the gate was shut', async () => {
    const { usb, volumes, service, pull, seen, advance } = makeService();
    usb.plug(makeUsbDevice());
    volumes.show([makeDrive()]);
    await service.start();
    await pull();
    await advance(3000);
    expect(seen()).toMatchObject([{ arrival: 'present', warned: false }]);
    await service.stop();
  });

  it('is evaluated again when the register changes, and when an approval ends', () =>
    withService(
      async ({ plug, paint, state, service, advance, surface }) => {
        await plug();
        paint();
        expect(service.cards()).toMatchObject([{ problems: ['not-approved'], approval: 'not-in-register' }]);
        state.register = [{ ...approved, expiresAt: '2026-11-22T09:40:00Z' }];
        service.registerChanged();
        await drainMicrotasks();
        expect(service.cards()).toMatchObject([{ problems: [], approval: 'approved' }]);
        await advance(10_000);
        expect(service.cards()).toEqual([]);
        expect(surface.at(-1)).toBe('hide');
        await advance(3_600_000);
        expect(service.cards()).toMatchObject([{ problems: ['not-approved'], approval: 'expired' }]);
      },
      { requireEncryption: false },
    ));

  it('is evaluated again when the settings change, and is no second incident', () =>
    withService(async ({ plug, paint, state, service, seen, advance, surface }) => {
      await plug();
      paint();
      await advance(2000);
      expect(service.cards()).toMatchObject([{ problems: ['not-encrypted', 'not-approved'] }]);
      state.settings = { requireApproval: false };
      service.settingsChanged();
      await drainMicrotasks();
      expect(service.cards()).toMatchObject([{ problems: ['not-encrypted'], approval: 'not-required' }]);
      state.settings = { mode: 'audit' };
      service.settingsChanged();
      await drainMicrotasks();
      expect(service.cards()).toEqual([]);
      expect(surface.at(-1)).toBe('hide');
      state.settings = {};
      service.settingsChanged();
      await advance(60_000);
      expect(service.cards(), 'the same stick is not warned of again within the hour').toEqual([]);
      expect(service.pluggedIn()).toHaveLength(1);
      expect(seen()).toHaveLength(1);
    }));

  it('that was reported in audit mode causes a warning once the school wants warnings', () =>
    withService(
      async ({ plug, state, service, seen, advance }) => {
        await plug();
        await advance(2000);
        expect([service.cards(), seen().length]).toEqual([[], 1]);
        state.settings = {};
        service.settingsChanged();
        await drainMicrotasks();
        expect(service.cards()).toHaveLength(1);
      },
      { mode: 'audit' },
    ));

  it('is reported again when a worse problem is found', () =>
    withService(async ({ plug, paint, state, volumes, service, seen, advance }) => {
      state.register = [approved];
      volumes.show([makeDrive({ volumes: [makeVolume({ encryption: 'encrypted' })] })]);
      await drainMicrotasks();
      await advance(2000);
      expect(service.cards()).toEqual([]);
      await plug();
      paint();
      await drainMicrotasks();
      expect(seen().map(({ problems }) => problems)).toEqual([[], ['not-encrypted']]);
      expect(new Set(seen().map(({ insertionId }) => insertionId)).size).toBe(1);
    }));

  it('causes no second incident when the PC sleeps overnight', () =>
    withService(async ({ plug, paint, usb, volumes, service, seen, advance }) => {
      await plug();
      paint();
      await advance(2000);
      service.fallAsleep();
      usb.pull(makeUsbDevice().key);
      volumes.show([]);
      await drainMicrotasks();
      await advance(8 * 3_600_000);
      service.wake();
      await drainMicrotasks();
      await advance(4000);
      usb.plug(makeUsbDevice({ port: '2-1' }));
      volumes.show([makeDrive({ usb: makeUsbDevice({ port: '2-1' }) })]);
      await drainMicrotasks();
      await advance(20_000);
      expect(seen()).toHaveLength(1);
    }));
});

describe('a session that is not in front', () => {
  it('ignores what the user in front plugs in, and later finds what is still plugged in as present', () =>
    withService(async ({ plug, state, service, seen, surface, advance }) => {
      state.isInFront = false;
      await plug();
      await advance(60_000);
      expect(seen()).toEqual([]);
      expect(service.cards()).toEqual([]);
      expect(service.pluggedIn()).toEqual([]);
      expect(surface).toEqual(['prepare', 'hide']);
      state.isInFront = true;
      service.comeToFront();
      await drainMicrotasks();
      expect(service.cards()).toHaveLength(1);
      await advance(20_000);
      expect(seen()).toMatchObject([{ arrival: 'present' }]);
    }));

  it('never learns of a device that has come and gone meanwhile', () =>
    withService(async ({ plug, pull, state, service, seen, advance }) => {
      state.isInFront = false;
      await plug();
      await advance(10_000);
      await pull();
      await advance(10_000);
      state.isInFront = true;
      service.comeToFront();
      await drainMicrotasks();
      await advance(60_000);
      expect(seen()).toEqual([]);
      expect(service.cards()).toEqual([]);
    }));

  it('reports what its own user plugged in just before, as one incident while the other session is in front', () =>
    withService(async ({ plug, pull, paint, state, service, seen, advance }) => {
      await plug();
      paint();
      state.isInFront = false;
      await advance(2000);
      expect(seen()).toMatchObject([{ arrival: 'inserted', warned: true }]);
      await pull();
      await advance(60_000);
      expect(service.pluggedIn()).toHaveLength(1);
      await plug();
      state.isInFront = true;
      service.comeToFront();
      await drainMicrotasks();
      await advance(60_000);
      expect(seen()).toHaveLength(1);
      state.isInFront = false;
      await pull();
      state.isInFront = true;
      service.comeToFront();
      await advance(60_000);
      expect(service.pluggedIn()).toEqual([]);
    }));

  it('notices by itself that it is in front, where the system does not report it', () =>
    withService(async ({ plug, state, service, seen, advance }) => {
      state.isInFront = false;
      await plug();
      state.isInFront = true;
      await advance(60_000);
      expect(service.pluggedIn()).toHaveLength(1);
      await advance(20_000);
      expect(seen()).toMatchObject([{ arrival: 'present' }]);
    }));

  it('treats a device as plugged in by its user after an unlock, if it was in front all the time', () =>
    withService(async ({ plug, service, seen, advance }) => {
      service.comeToFront();
      await drainMicrotasks();
      await plug();
      await advance(20_000);
      expect(seen()).toMatchObject([{ arrival: 'inserted' }]);
    }));
});

describe('the user', () => {
  it('ejects every drive, sees that it worked, and the card closes after a while', () =>
    withService(async ({ plug, service, eject, advance }) => {
      await plug();
      await service.ejectDevice(idOf(service));
      expect(eject.asked()).toEqual(['sdb@12']);
      await drainMicrotasks();
      await advance(4000);
      expect(service.cards()).toMatchObject([{ eject: 'ejected' }]);
      await advance(6000);
      expect(service.cards()).toEqual([]);
    }));

  it.each([
    ['in-use', 'in-use'],
    ['refused', 'refused'],
    ['failed', 'failed'],
  ] as const)('sees that an eject failed: %s', (kind, shown) =>
    withService(async ({ plug, service, eject }) => {
      await plug();
      eject.refuseWith({ kind, reason: 'so' });
      await service.ejectDevice(idOf(service));
      expect(service.cards()).toMatchObject([{ eject: shown, problems: ['not-encrypted', 'not-approved'] }]);
    }),
  );

  it('can close the card of an ejected and unplugged device early, and it leaves nothing behind', () =>
    withService(async ({ plug, pull, service, advance, asked, clock }) => {
      await plug();
      const id = idOf(service);
      await service.ejectDevice(id);
      await pull();
      await advance(4000);
      expect(service.cards()).toMatchObject([{ id, eject: 'ejected' }]);
      service.close();
      await drainMicrotasks();
      await service.askForApproval(id, 'It is long gone.');
      expect(asked).toEqual([]);
      expect(clock.pendingTimers()).toBe(0);
    }));

  it('can use a device again that was ejected and plugged in again at once, and is warned as before', () =>
    withService(async ({ plug, service, volumes, advance }) => {
      await plug();
      await service.ejectDevice(idOf(service));
      await drainMicrotasks();
      await advance(1000);
      volumes.show([makeDrive({ key: 'sdc@13' })]);
      await drainMicrotasks();
      await advance(60_000);
      expect(service.cards()).toMatchObject([{ eject: 'ready' }]);
    }));

  it('asks for approval, and sees whether the request is recorded or has arrived', () =>
    withService(async ({ plug, service, reported, asked }) => {
      await plug();
      await service.askForApproval(idOf(service), 'Photos of the trip');
      expect(service.cards()).toMatchObject([{ request: 'queued' }]);
      expect(asked).toEqual(['asked']);
      expect(reported.at(-1)).toMatchObject({
        type: 'porthor.media.approval-requested.v1',
        subject: 'usb:0781:5567:4C530001230711104295',
        data: { reason: 'Photos of the trip', language: 'cy-GB', approval: 'not-in-register' },
      });
      service.noteDelivered();
      expect(service.cards()).toMatchObject([{ request: 'sent' }]);
      await service.askForApproval(idOf(service), 'again');
      expect(reported).toHaveLength(1);
    }));

  const answerTo = (
    { reported }: Parts,
    changes: Partial<MediaAnswer> = {},
    requestedAt = '2026-11-22T09:00:00Z',
  ): MediaAnswer => {
    const asked = reported.findLast(({ type }) => type === 'porthor.media.approval-requested.v1');
    const data = asked === undefined ? undefined : mediaApprovalRequestedDataSchema.parse(asked.data);
    return {
      insertionId: data?.insertionId ?? '0198f0a0-0000-4000-8000-000000000001',
      requestedAt: data?.requestedAt ?? requestedAt,
      device: { ...approved, kind: 'stick', serial: approved.serial ?? '', name: 'Blade', sizeBytes: 0 },
      decision: 'refused',
      decidedAt: '2026-11-22T12:00:00Z',
      decidedBy: 'Nia Huws',
      reason: 'Please take one from the office.',
      ...changes,
    };
  };
  const hear = async ({ state, service }: Parts, answers: MediaAnswer[]) => {
    state.answers = answers;
    service.registerChanged();
    await drainMicrotasks();
  };

  it('sees a refusal, also after the window was closed, and may ask again', () =>
    withService(async (parts) => {
      const { plug, service, surface, advance } = parts;
      await plug();
      await service.askForApproval(idOf(service), 'Photos of the trip');
      service.noteDelivered();
      service.close();
      expect(surface.at(-1)).toBe('hide');
      await hear(parts, [answerTo(parts)]);
      expect(surface.at(-1)).toBe('show');
      expect(service.cards()).toMatchObject([
        {
          request: 'ready',
          problems: ['not-encrypted', 'not-approved'],
          answer: { decision: 'refused', decidedBy: 'Nia Huws', reason: 'Please take one from the office.' },
        },
      ]);
      service.close();
      await hear(parts, [answerTo(parts)]);
      expect(service.cards()).toEqual([]);

      const first = answerTo(parts);
      await advance(60_000);
      service.showAgain();
      await service.askForApproval(idOf(service), 'It is for the head teacher');
      service.registerChanged();
      await drainMicrotasks();
      expect(service.cards()).toMatchObject([{ request: 'queued', answer: null }]);
      await hear(parts, [answerTo(parts, { decision: 'approved' }), first]);
      expect(service.cards()).toMatchObject([{ request: 'ready', answer: { decision: 'approved' } }]);
    }));

  it('sees an answer only when the gate is open again, if it was shut when the answer came', () =>
    withService(async (parts) => {
      const { plug, service } = parts;
      await plug();
      await service.askForApproval(idOf(service), 'trip');
      service.close();
      service.holdWarnings();
      await hear(parts, [answerTo(parts)]);
      expect(service.cards()).toEqual([]);
      service.allowWarnings();
      await drainMicrotasks();
      expect(service.cards()).toMatchObject([{ request: 'ready', answer: { decision: 'refused' } }]);
    }));

  it('sees an approval after the window was closed', () =>
    withService(
      async (parts) => {
        const { plug, service, state, advance } = parts;
        await plug();
        await service.askForApproval(idOf(service), 'trip');
        service.close();
        state.register = [approved];
        await hear(parts, [answerTo(parts, { decision: 'approved', reason: '' })]);
        expect(service.cards()).toMatchObject([{ problems: [], approval: 'approved' }]);
        await advance(10_000);
        expect(service.cards()).toEqual([]);
      },
      { requireEncryption: false },
    ));

  it('sees an earlier refusal where the serial number identifies the stick, and only there', () =>
    withService(async (parts) => {
      const { plug, pull, advance, service } = parts;
      const earlier = answerTo(parts);
      await hear(parts, [earlier]);
      expect(service.cards()).toEqual([]);
      await plug();
      expect(service.cards()).toMatchObject([{ answer: { decision: 'refused' }, request: 'ready' }]);
      await pull();
      await advance(3_600_000);
      await hear(parts, [{ ...earlier, device: { ...earlier.device, serial: '' } }]);
      await plug();
      expect(service.cards()).toMatchObject([{ answer: null }]);
    }));

  it('sees that a request could not be recorded, and may try again', () =>
    withService(async ({ plug, service, state }) => {
      await plug();
      state.isDiskFull = true;
      await service.askForApproval(idOf(service), 'trip');
      expect(service.cards()).toMatchObject([{ request: 'not-recorded' }]);
      state.isDiskFull = false;
      await service.askForApproval(idOf(service), 'trip');
      expect(service.cards()).toMatchObject([{ request: 'queued' }]);
    }));

  it.each(['something-found', 'unclear'] as const)(
    'sees the scan result %s although the window was closed meanwhile',
    (found) =>
      withService(async ({ plug, service, antiVirus, surface }) => {
        await plug();
        antiVirus.answerWith({ ok: true, value: found });
        const scanned = service.scanDevice(idOf(service));
        service.close();
        expect(surface.at(-1)).toBe('hide');
        await scanned;
        await drainMicrotasks();
        expect(antiVirus.scanned()).toEqual(['/media/porthor/TEACHING']);
        expect(service.cards()).toMatchObject([{ scan: found }]);
      }),
  );

  it('can eject during a scan: the agent ends the scan first, and offers it again', () =>
    withService(async ({ plug, service, antiVirus, eject }) => {
      await plug();
      antiVirus.holdScans();
      eject.refuseWith({ kind: 'in-use', reason: 'a program has files open on it' });
      await service.scanDevice(idOf(service));
      expect(service.cards()).toMatchObject([{ scan: 'working' }]);
      const ejecting = service.ejectDevice(idOf(service));
      await drainMicrotasks();
      expect(antiVirus.stopped()).toBe(1);
      expect(eject.asked()).toEqual([]);
      antiVirus.endHeldScans();
      await ejecting;
      expect(eject.asked()).toHaveLength(1);
      await drainMicrotasks();
      expect(service.cards()).toMatchObject([{ eject: 'in-use', scan: 'ready' }]);
    }));

  it('can eject although a scan does not end: the agent asks the system after a while', () =>
    withService(async ({ plug, service, antiVirus, eject, advance }) => {
      await plug();
      antiVirus.holdScans();
      await service.scanDevice(idOf(service));
      const ejecting = service.ejectDevice(idOf(service));
      await drainMicrotasks();
      await advance(5000);
      await ejecting;
      expect(eject.asked()).toHaveLength(1);
    }));

  it('can show the warning again after closing it', () =>
    withService(async ({ plug, service, surface }) => {
      await plug();
      service.close();
      expect(service.cards()).toEqual([]);
      service.showAgain();
      expect(service.cards()).toHaveLength(1);
      expect(surface.at(-1)).toBe('show');
    }));
});

describe('a system that does not answer', () => {
  it('leaves a stick with unlistable drives as “cannot tell”, and causes no crash', async () => {
    const { usb, volumes, service, advance, clock } = makeService();
    volumes.failWith({ kind: 'none', reason: 'no lsblk' });
    await service.start();
    service.allowWarnings();
    usb.plug(makeUsbDevice());
    await drainMicrotasks();
    await advance(1500);
    expect(service.cards()).toMatchObject([{ encryption: 'cannot-tell', eject: 'not-available' }]);
    await service.stop();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('without a USB bus still reports its drives', async () => {
    const { usb, volumes, service } = makeService();
    usb.failWith({ kind: 'none', reason: '/sys/bus/usb/devices/ not found' });
    await service.start();
    service.allowWarnings();
    volumes.show([makeDrive()]);
    await drainMicrotasks();
    expect(service.cards()).toHaveLength(1);
    await service.stop();
  });

  it('does not make a stick disappear', () =>
    withService(async ({ plug, volumes, service, advance }) => {
      await plug();
      volumes.failWith({ kind: 'unreadable', reason: 'late' });
      volumes.show([]);
      await drainMicrotasks();
      await advance(60_000);
      expect(service.pluggedIn()).toHaveLength(1);
    }));
});
