import { afterAll, beforeAll, expect, it } from 'vitest';
import { luksPassword } from '../support/usb-vm/stick-images.ts';
import { startWorld, type World } from '../support/usb-vm/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 300_000);
afterAll(async () => {
  await world?.dispose();
});
it('explores', async () => {
  const mediumAt = (port: string) =>
    world.media().find((device) => device.port.endsWith(`-${port}`) || device.port === port);
  await world.plug({ id: 'luks', imageFile: world.images.luks2, port: '2', serial: 'LUKS000021' });
  await world.until('it is locked', () => mediumAt('2')?.encryption === 'locked');
  const device = mediumAt('2')?.volumes[0]?.key ?? '';
  const sh = async (command: string) => {
    console.log(`$ ${command}\n${await world.machine.asRoot(command)}`);
  };
  const look =
    'for d in /sys/class/block/dm-*; do echo "$d $(cat $d/dm/name) $(cat $d/dm/uuid) slaves:$(ls $d/slaves | tr "\\n" " ") size:$(cat $d/size)"; done; lsblk -o NAME,KNAME,TYPE,FSTYPE; (dmsetup table || true)';
  const pw = `echo -n ${luksPassword} |`;
  await sh(`${pw} cryptsetup open --key-file - /dev/${device} opened; ${look}`);
  await sh(
    `${pw} cryptsetup reencrypt --init-only --key-file - --batch-mode --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/${device}; echo rc=$?; ${look}`,
  );
  console.log(JSON.stringify(mediumAt('2')?.encryption));
  await sh(
    `cryptsetup close opened; ${pw} cryptsetup open --key-file - /dev/${device} opened; echo rc=$?; ${look}`,
  );
  console.log(JSON.stringify(mediumAt('2')));
  await sh(
    `(${pw} cryptsetup reencrypt --resume-only --key-file - --batch-mode --hotzone-size 1M /dev/${device} > /tmp/re.log 2>&1 &) ; n=0; while ! grep -q SUBDEV /sys/class/block/dm-*/dm/uuid; do n=$((n+1)); [ $n -gt 300 ] && break; busybox usleep 20000; done; kill -STOP $(busybox pidof cryptsetup); ${look}; cat /tmp/re.log`,
  );
  await world
    .until('reenc', () => mediumAt('2')?.encryption !== 'encrypted')
    .catch((error) => console.log(String(error)));
  console.log(JSON.stringify(mediumAt('2')));
  await sh(`kill -CONT $(busybox pidof cryptsetup); busybox sleep 5; cat /tmp/re.log; ${look}`);
  await world
    .until('done', () => mediumAt('2')?.encryption === 'encrypted')
    .catch((error) => console.log(String(error)));
  expect(1).toBe(1);
}, 400_000);
