/**
 * No part is faked here: a stick on a real USB bus, the adapters of Linux, the built agent in the real Electron, its
 * window on a real X server, and a pointer that presses *Eject*, which unmounts the stick.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desktop, startDesktop } from '../support/usb-vm/desktop.ts';

const canRun = process.platform === 'linux' && process.arch === 'x64';
if (!canRun) console.error('SKIPPED, the warning on a real bus: the machine is made for Linux on x86-64');

describe.skipIf(!canRun)('the warning for a stick on a real bus', () => {
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = await startDesktop({
      siteName: 'Ysgol y Bryn',
      language: 'en-GB',
      contact: { name: 'Nia Huws', phone: '01632 960123', email: '', place: 'Room 12' },
      gate: { enabled: false },
      idle: { enabled: false },
      stateDirectory: '/tmp/state',
    });
  }, 400_000);
  afterAll(async () => {
    await desktop?.dispose();
  });

  /** Like a user, presses again after no effect, because the window may have moved under the pointer. */
  const press = async (name: string, until: RegExp): Promise<string> => {
    let text = '';
    for (let attempt = 0; attempt < 3 && !until.test(text); attempt += 1) {
      await desktop.press(name);
      text = await desktop.text(until, 40_000);
    }
    return text;
  };

  it('appears, reports a stick in use, ejects the stick with its button, and goes', async () => {
    const { machine } = desktop;
    await desktop.plug('stick', desktop.images.fat, 'WINDOW00041');
    const shown = await desktop.text(/Not protected with a password/);
    expect(shown, desktop.tail()).toContain('Not safe for school work');
    expect(shown).toContain('TEACHING');
    expect(shown).toContain('Serial number WINDOW00041');
    expect(shown).toContain('Not approved by your school');
    expect(shown).toContain('Nia Huws, 01632 960123, Room 12');
    await desktop.screenshot('warning');

    await machine.asRoot(
      'mkdir -p /media/stick && mount "$(lsblk --noheadings --list --paths --output NAME,FSTYPE | sed -n "s/ *vfat//p")" /media/stick',
    );
    await machine.asRoot('touch /media/stick/held');
    await machine.asRoot('(exec 9< /media/stick/held; sleep 3600 > /dev/null 2>&1 & echo $! > /run/holder)');
    expect(await machine.asRoot('findmnt --noheadings --output FSTYPE /media/stick')).toBe('vfat');
    await machine.asRoot('udevadm trigger --action=change --settle --subsystem-match=block');
    expect(await press('Eject', /a program is still using it/)).toContain('Close your files and try again.');
    await desktop.screenshot('in-use');
    expect(await machine.asRoot('findmnt --noheadings --output FSTYPE /media/stick')).toBe('vfat');

    await machine.asRoot('kill "$(cat /run/holder)"');
    expect(await press('Eject', /You can take it out now/)).not.toContain('a program is still using it');
    await desktop.screenshot('ejected');
    expect(await machine.asRoot('findmnt --noheadings /media/stick || echo not mounted')).toBe('not mounted');

    await desktop.pull('stick');
    expect(await desktop.text(/^$/)).toBe('');
    // Ignore the fields that depend on the speed of the emulated processor: whether the watch had started before the stick
    // came, and whether the page was painted within ten seconds.
    expect(await desktop.reported()).toMatchObject([
      {
        encryption: 'not-encrypted',
        problems: ['not-encrypted', 'not-approved'],
        device: { serial: 'WINDOW00041', bus: 'usb' },
      },
    ]);
  }, 600_000);
});
