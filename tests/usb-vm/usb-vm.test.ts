import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { luksPassword, type StickImages } from '../support/usb-vm/stick-images.ts';
import { type SeenDevice, startWorld, type World } from '../support/usb-vm/world.ts';

const canRun = process.platform === 'linux' && process.arch === 'x64';
if (!canRun) console.error('SKIPPED, removable media on a real bus: the machine is made for Linux on x86-64');

describe.skipIf(!canRun)('the agent with removable media on a real bus', () => {
  let world: World;
  /** Number of insertions before the current test. */
  let before = 0;
  const fresh = () => world.incidents().slice(before);
  const mediumAt = (port: string): SeenDevice | undefined =>
    world.media().find((device) => device.port === port || device.port.endsWith(`-${port}`));
  const readyAt = (port: string) => () => mediumAt(port)?.isReady === true;

  beforeAll(async () => {
    world = await startWorld();
  }, 300_000);
  afterAll(async () => {
    await world?.dispose();
  });
  afterEach(async () => {
    await world.pullAll();
    await world.until('nothing is plugged in', () => world.media().length === 0);
    // A device that returns too soon would count as the same insertion.
    const open = () => world.incidents().length - world.said().filter(({ said }) => said === 'ended').length;
    await world.until('every insertion has ended', () => open() === 0);
    before = world.incidents().length;
  });

  it('watches as an ordinary account and finds the sticks that were there at the start', async () => {
    expect(world.ready.uid).toBe(1000);
    expect(world.ready.watching).toEqual([true, true]);
    expect(world.ready.capabilities).toMatchObject([
      { name: 'usb', level: 'full' },
      { name: 'volumes', level: 'full' },
      { name: 'eject', level: 'degraded' },
    ]);
    await world.until('the first stick is judged', readyAt('1'));
    await world.until('the second stick is judged', readyAt('8'));
    // The agent calls its content unknown only after a while without another change.
    await world.until('the third stick is judged', readyAt('6'));
    expect(fresh().map(({ arrival }) => arrival)).toEqual(['present', 'present', 'present']);
    expect(mediumAt('6')).toMatchObject({ kind: 'stick', encryption: 'cannot-tell', serial: 'NOISE00016' });
    expect(mediumAt('8')).toMatchObject({ kind: 'stick', bus: 'uas', encryption: 'locked' });
    expect(mediumAt('1')).toMatchObject({
      kind: 'stick',
      bus: 'usb',
      serial: 'FIRST00017',
      problems: ['not-encrypted', 'not-approved'],
      volumes: [{ fileSystem: 'vfat', label: 'TEACHING', probeName: 'signature' }],
    });
  });

  const contents: readonly (readonly [keyof StickImages, string, string])[] = [
    ['fat', 'not-encrypted', 'vfat'],
    ['exfat', 'not-encrypted', 'exfat'],
    ['ntfs', 'not-encrypted', 'ntfs'],
    ['ext4', 'not-encrypted', 'ext4'],
    ['iso', 'not-encrypted', 'iso9660'],
    ['luks1', 'locked', 'crypto_LUKS'],
    ['luks2', 'locked', 'crypto_LUKS'],
    ['bitLocker', 'locked', 'BitLocker'],
    ['apfs', 'cannot-tell', 'apfs'],
    ['noise', 'cannot-tell', ''],
    ['unformatted', 'cannot-tell', ''],
  ];
  it.each(contents)('evaluates a stick with %s as %s', async (name, encryption, fileSystem) => {
    await world.plug({ id: 'stick', imageFile: world.images[name], port: '2', serial: `CONTENT-${name}-81` });
    await world.until('it is judged', readyAt('2'));
    expect(fresh()).toMatchObject([
      { arrival: 'inserted', device: { encryption, volumes: [{ fileSystem, encryption }] } },
    ]);
    // No other verdict was shown in between.
    const shown = world.said().flatMap((one) => (one.said === 'media' ? one.media : []));
    const seen = shown.filter(({ serial, isReady }) => isReady && serial === `CONTENT-${name}-81`);
    expect(new Set(seen.map((device) => device.encryption))).toEqual(new Set([encryption]));
  });

  it('evaluates a stick by its worst volume', async () => {
    await world.plug({ id: 'two', imageFile: world.images.plainAndLuks, port: '2', serial: 'PARTS00021' });
    await world.until('both volumes are judged', () => mediumAt('2')?.volumes.length === 2);
    expect(mediumAt('2')).toMatchObject({
      encryption: 'not-encrypted',
      volumes: [{ encryption: 'not-encrypted' }, { encryption: 'locked' }],
    });
    expect(fresh().length).toBe(1);
  });

  it('follows a LUKS stick from locked to open and back to locked as one insertion', async () => {
    await world.plug({ id: 'luks', imageFile: world.images.luks2, port: '2', serial: 'LUKS000021' });
    await world.until('it is locked', () => mediumAt('2')?.encryption === 'locked');
    const device = mediumAt('2')?.volumes[0]?.key ?? '';
    const { asRoot } = world.machine;
    await asRoot(`echo -n ${luksPassword} | cryptsetup open --key-file - /dev/${device} opened`);
    await world.until('it is open', () => mediumAt('2')?.encryption === 'encrypted');
    await asRoot(
      'mkfs.vfat /dev/mapper/opened && mkdir -p /media/opened && mount /dev/mapper/opened /media/opened',
    );
    await asRoot('udevadm trigger --action=change --settle /dev/mapper/opened');
    await world.until(
      'what is inside is known',
      () => mediumAt('2')?.volumes[0]?.mountPoints.includes('/media/opened') === true,
    );
    expect(mediumAt('2')?.volumes).toMatchObject([{ encryption: 'encrypted', probeName: 'mapping' }]);
    await asRoot('umount /media/opened && cryptsetup close opened');
    await world.until('it is locked again', () => mediumAt('2')?.encryption === 'locked');
    expect(fresh().length).toBe(1);
  });

  it('calls a LUKS stick being encrypted while cryptsetup encrypts it again, and encrypted when that is done', async () => {
    await world.plug({ id: 'again-luks', imageFile: world.images.luks2, port: '2', serial: 'REENC00021' });
    await world.until('it is locked', () => mediumAt('2')?.encryption === 'locked');
    const device = mediumAt('2')?.volumes[0]?.key ?? '';
    const { asRoot } = world.machine;
    await asRoot(
      `echo -n ${luksPassword} > /tmp/key && cryptsetup open --key-file /tmp/key /dev/${device} written`,
    );
    await world.until('it is open', () => mediumAt('2')?.encryption === 'encrypted');
    // In small steps, each with a sync, so that it takes long enough to be seen. It ends in the background.
    const weak = '--pbkdf pbkdf2 --pbkdf-force-iterations 1000';
    const reencrypt = `cryptsetup reencrypt --batch-mode --key-file /tmp/key ${weak} --hotzone-size 128k --active-name written`;
    await asRoot(`(${reencrypt} > /tmp/reencrypt 2>&1; echo $? >> /tmp/reencrypt) > /dev/null 2>&1 &`);
    await world.until('it is being encrypted', () => mediumAt('2')?.encryption === 'being-encrypted');
    expect(mediumAt('2')).toMatchObject({ problems: ['being-encrypted', 'not-approved'] });
    await world.until('it is encrypted', () => mediumAt('2')?.encryption === 'encrypted', 300_000);
    // Its mappings go a moment before it ends.
    const exitCode =
      'until tail -n 1 /tmp/reencrypt | grep -q "^[0-9]"; do sleep 0.2; done; tail -n 1 /tmp/reencrypt';
    expect((await asRoot(exitCode)).trim()).toBe('0');
    await asRoot('cryptsetup close written');
    await world.until('it is locked again', () => mediumAt('2')?.encryption === 'locked');
    expect(fresh().filter(({ device }) => device.serial === 'REENC00021').length).toBe(1);
  }, 400_000);

  it('counts one insertion for each time that a stick is plugged in', async () => {
    for (const expected of [1, 2]) {
      await world.plug({ id: 'again', imageFile: world.images.fat, port: '3', serial: 'AGAIN00071' });
      await world.until('it is judged', () => fresh().length === expected);
      await world.pull('again');
      const ended = () => world.said().filter(({ said }) => said === 'ended').length;
      await world.until('it has ended', () => ended() === world.incidents().length);
    }
    expect(fresh().map(({ arrival }) => arrival)).toEqual(['inserted', 'inserted']);
  });

  it('does not count a re-enumeration as a new insertion', async () => {
    await world.plug({ id: 'reset', imageFile: world.images.fat, port: '3', serial: 'RESET00044' });
    await world.until('it is judged', readyAt('3'));
    const port = mediumAt('3')?.port ?? '';
    const count = (word: string) => world.said().filter(({ said }) => said === word).length;
    const departures = count('departed');
    // A port reset on a driver's request (USBDEVFS_RESET): the device keeps its address.
    const answer = await world.machine.asRoot(
      `cd /agent && /usr/bin/node --input-type=module --eval "${resetBySerial('RESET00044')}"`,
    );
    expect(answer).toBe('reset');
    expect(await world.machine.asRoot(`busybox dmesg | grep -c 'usb ${port}: reset .* USB device'`)).toBe(
      '1',
    );
    await world.until('its drive is there', readyAt('3'));
    // Revoke and restore the device's authorisation: it stays plugged in and only starts again.
    await world.machine.asRoot(`echo 0 > /sys/bus/usb/devices/${port}/authorized`);
    await world.until('its drive is gone', () => mediumAt('3')?.isReady !== true);
    await world.machine.asRoot(`echo 1 > /sys/bus/usb/devices/${port}/authorized`);
    await world.until('its drive is back', readyAt('3'));
    // A reset like a hub's: the device leaves the bus and returns at once with a new address.
    await world.pull('reset');
    await world.plug({ id: 'reset', imageFile: world.images.fat, port: '3', serial: 'RESET00044' });
    await world.until('it has left the bus', () => count('departed') > departures);
    await world.until('it is back', readyAt('3'));
    expect(fresh().length).toBe(1);
  });

  it('tells two sticks with one serial number apart, and trusts neither number', async () => {
    const serial = 'TWIN000073';
    await world.plug({ id: 'twin-a', imageFile: world.images.fat, port: '2', serial });
    await world.plug({ id: 'twin-b', imageFile: world.images.luks1, port: '3', serial });
    await world.until('both are judged', () => readyAt('2')() && readyAt('3')());
    expect(fresh().length).toBe(2);
    expect(mediumAt('2')).toMatchObject({ encryption: 'not-encrypted', serialQuality: 'repeated' });
    expect(mediumAt('3')).toMatchObject({ encryption: 'locked', serialQuality: 'repeated' });
  });

  it('reports a stick without a serial number as blank', async () => {
    await world.plug({ id: 'blank', imageFile: world.images.fat, port: '2', serial: '' });
    await world.until('it is judged', readyAt('2'));
    expect(mediumAt('2')).toMatchObject({ serial: '', serialQuality: 'blank' });
    expect(fresh().length).toBe(1);
  });

  it('finds two sticks behind a hub, and drops both when the hub is unplugged', async () => {
    await world.attach('usb-hub', 'hub', '4');
    await world.plug({ id: 'in-hub-a', imageFile: world.images.fat, port: '4.1', serial: 'HUBBED0011' });
    await world.plug({ id: 'in-hub-b', imageFile: world.images.luks2, port: '4.2', serial: 'HUBBED0012' });
    await world.until('both are judged', () => readyAt('4.1')() && readyAt('4.2')());
    expect(
      fresh()
        .map(({ device }) => device.encryption)
        .toSorted(),
    ).toEqual(['locked', 'not-encrypted']);
    expect(world.media().length).toBe(2);
  });

  it('recognises a disc and a phone, and ignores a keyboard and a mouse', async () => {
    await world.addMedium('cd', world.images.iso);
    await world.attach('usb-kbd', 'keyboard', '5');
    await world.attach('usb-mouse', 'mouse', '6');
    await world.attach('usb-mtp', 'phone', '7', { rootdir: world.images.folder, desc: 'Phone' });
    await world.attach('usb-bot', 'bot', '3');
    await world.machine.ask('device_add', { driver: 'scsi-cd', id: 'bot-lun', bus: 'bot.0', drive: 'cd' });
    // Attach the drive only after its disc is in, so that both arrive together.
    await world.machine.ask('qom-set', {
      path: '/machine/peripheral/bot',
      property: 'attached',
      value: true,
    });
    await world.until('both are judged', () => world.media().filter(({ isReady }) => isReady).length === 2);
    const byKind = world.media().map(({ kind, bus, encryption }) => `${kind} ${bus} ${encryption}`);
    expect(byKind.toSorted()).toEqual(['disc usb not-encrypted', 'portable-device usb cannot-tell']);
    expect(fresh().length).toBe(2);
  });

  it('ejects an unmounted device, and reports that it may not unmount one that an administrator mounted', async () => {
    await world.plug({ id: 'eject', imageFile: world.images.fat, port: '2', serial: 'EJECT00031' });
    await world.until('it is judged', readyAt('2'));
    const key = mediumAt('2')?.driveKeys[0];
    const device = mediumAt('2')?.volumes[0]?.key ?? '';
    await world.machine.asRoot(`mkdir -p /media/stick && mount -o ro /dev/${device} /media/stick`);
    await world.machine.asRoot(`udevadm trigger --action=change --settle /dev/${device}`);
    await world.until('it is mounted', () => mediumAt('2')?.volumes[0]?.mountPoints.length === 1);
    expect(await world.askAgent('eject', { key })).toMatchObject({ ok: false, error: { kind: 'refused' } });
    await world.machine.asRoot('umount /media/stick');
    await world.machine.asRoot(`udevadm trigger --action=change --settle /dev/${device}`);
    await world.until('it is not mounted', () => mediumAt('2')?.volumes[0]?.mountPoints.length === 0);
    expect(await world.askAgent('eject', { key })).toEqual({ ok: true, value: 'ejected' });
  });

  it('survives fifty fast insertions with one incident each, and leaks no handle or listener', async () => {
    interface Counts {
      readonly descriptors: Record<string, number>;
      readonly resources: readonly string[];
      readonly cpuMs: number;
      readonly upMs: number;
      readonly rssKiB: number;
      readonly lookings: number;
    }
    const isWork = /^(?:ProcessWrap|FSReq)/u;
    const count = async () => (await world.askAgent('counts')) as Counts;
    const resourcesOf = ({ resources }: Counts) => resources.filter((name) => name !== 'Timeout').toSorted();
    // A refresh in progress holds pipes to `lsblk` and files. That is not a leak, so wait for its end.
    const countAtRest = async () => {
      let last = await count();
      for (let second = 0; second < 40; second += 1) {
        await wait(1000);
        const next = await count();
        const isBusy = next.lookings !== last.lookings || next.resources.some((name) => isWork.test(name));
        if (!isBusy && isDeepStrictEqual(next.descriptors, last.descriptors)) return next;
        last = next;
      }
      throw new Error(`the agent does not come to rest: ${JSON.stringify(last)}`);
    };
    const start = await countAtRest();
    await world.machine.asRoot(
      '(udevadm monitor --udev --subsystem-match=block > /tmp/monitor 2>&1 & echo $! > /tmp/monitor.pid)',
    );
    const ports = ['2', '3', '5', '6', '7'];
    for (let round = 0; round < 10; round += 1) {
      const known = world.incidents().length;
      const reported = world.reports().length;
      for (const port of ports) {
        await world.plug({
          id: `fast-${port}`,
          imageFile: world.images.fat,
          port,
          serial: `FAST${round}${port}K83`,
        });
      }
      await world.until('five are judged', () => world.incidents().length === known + ports.length, 60_000);
      await world.until(
        'five are reported',
        () => world.reports().length === reported + ports.length,
        60_000,
      );
      for (const port of ports) await world.pull(`fast-${port}`);
    }
    const insertions = fresh();
    expect(insertions.length).toBe(50);
    expect(insertions.filter(({ device }) => device.encryption !== 'not-encrypted')).toEqual([]);
    expect(new Set(insertions.map(({ device }) => device.serial)).size).toBe(50);
    // The school receives one event for each.
    const events = world.reports().filter(({ device }) => device.serial.startsWith('FAST'));
    expect(events.length).toBe(50);
    expect(new Set(events.map(({ insertionId }) => insertionId)).size).toBe(50);
    const isAsExpected = ({ arrival, encryption }: (typeof events)[number]) =>
      arrival === 'inserted' && encryption === 'not-encrypted';
    expect(events.filter((event) => !isAsExpected(event))).toEqual([]);
    await world.until('all have ended', () => {
      const ended = world.said().filter(({ said }) => said === 'ended').length;
      return ended === world.incidents().length;
    });
    // Unplug it before the agent can evaluate it.
    for (let round = 0; round < 10; round += 1) {
      await world.plug({ id: 'flash', imageFile: world.images.fat, port: '2', serial: `FLASH${round}0K83` });
      await world.pull('flash');
    }
    await world.until('nothing is plugged in', () => world.media().length === 0);
    await world.machine.asRoot('kill $(cat /tmp/monitor.pid)');
    const delays = delaysAfterEvents(await world.machine.asRoot('cat /tmp/monitor'), insertions);
    console.log(
      `from udev's event, as udevadm monitor saw it, to the evaluation, on an emulated processor: median ${median(delays)} ms of ${delays.length}`,
    );
    expect(delays.length).toBeGreaterThan(40);
    const end = await countAtRest();
    console.log(
      `the watching process: ${Math.round(end.cpuMs)} ms of processor in ${Math.round(end.upMs / 1000)} s, ${end.rssKiB} KiB`,
    );
    expect(end.descriptors).toEqual(start.descriptors);
    expect(resourcesOf(end)).toEqual(resourcesOf(start));
  }, 400_000);

  it('releases everything when watching stops', async () => {
    const end = (await world.askAgent('end')) as { resources: readonly string[] };
    expect(end.resources.filter((name) => name.startsWith('FS'))).toEqual([]);
    await world.plug({ id: 'unseen', imageFile: world.images.fat, port: '2', serial: 'UNSEEN0051' });
    await world.machine.asRoot('udevadm settle; sleep 3; udevadm settle');
    expect(fresh()).toEqual([]);
  });
});

/** A Node program that resets a device through the same package with which the agent watches it. */
function resetBySerial(serial: string): string {
  return [
    `import usb from 'usb/index.js';`,
    `const devices = await usb.nativeGetDevices();`,
    `const device = devices.find(({ serialNumber }) => serialNumber === '${serial}');`,
    `await device.open();`,
    `await device.reset();`,
    `await device.close();`,
    `console.log('reset');`,
  ].join(' ');
}

/** Milliseconds from the last event of its disk to the evaluation of each insertion. */
function delaysAfterEvents(monitor: string, insertions: readonly { atMs: number; device: SeenDevice }[]) {
  const events = [...monitor.matchAll(/^UDEV +\[(?<at>[\d.]+)\] add +\S*\/block\/(?<disk>\w+)/gmu)].map(
    ({ groups }) => ({ atMs: Number(groups?.['at']) * 1000, disk: groups?.['disk'] ?? '' }),
  );
  return insertions.flatMap(({ atMs, device }) => {
    const disk = device.driveKeys[0]?.split('@')[0];
    const event = events.findLast((one) => one.disk === disk && one.atMs <= atMs);
    return event === undefined ? [] : [atMs - event.atMs];
  });
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0);
}
