/** Asks what the media warning relies on: the bus, the drives, ejecting and the anti-virus. */
import type { Drive } from '../../../shared/device/drive.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { CheckedVolume } from '../../../shared/self-check/report.ts';
import type { PortFact } from '../../domain/self-check/evaluate-facts.ts';
import type { RemovableMedia } from '../../platform/removable-media.ts';
import type { VolumesProblem } from '../../platform/volumes/volumes-port.ts';
import { type Asker, asCapable, unloaded } from './ask.ts';

interface MediaFacts {
  readonly usb: PortFact;
  readonly volumes: PortFact;
  readonly eject: PortFact;
  readonly antiVirus: PortFact;
  readonly drives: readonly Drive[];
}

/** Nothing is ejected and nothing is scanned. */
export async function askRemovableMedia(
  load: () => Promise<RemovableMedia>,
  asker: Asker,
): Promise<MediaFacts> {
  const { ask, askPort, note } = asker;
  const loaded = await ask(load, 'eject', 'anti-virus');
  if (!loaded.ok) {
    note('usb', 'volumes');
    const fact = unloaded(loaded.error);
    return { usb: fact, volumes: fact, eject: fact, antiVirus: fact, drives: [] };
  }
  const { usb, volumes, eject, antiVirus } = loaded.value;
  const [usbAnswer, volumesAnswer] = await Promise.all([
    askPort('usb', {
      capability: () => usb.capability(),
      read: () => usb.list(),
      describe: (devices) => `devices: ${devices.length}`,
    }),
    askPort<readonly Drive[]>('volumes', {
      capability: () => volumes.capability(),
      read: (): Promise<Result<readonly Drive[], VolumesProblem>> => volumes.list(),
      describe: (drives) => `drives: ${drives.length}`,
    }),
  ]);
  return {
    usb: usbAnswer.fact,
    volumes: volumesAnswer.fact,
    eject: asCapable(eject.capability()),
    antiVirus: asCapable(antiVirus.capability()),
    drives: volumesAnswer.value ?? [],
  };
}

/** @param hide takes out what is personal. */
export function describeVolumes(drive: Drive, hide: (text: string) => string): readonly CheckedVolume[] {
  return drive.volumes.map(({ role, fileSystem, encryption, probe }) => ({
    bus: drive.bus,
    kind: drive.kind,
    role,
    fileSystem: hide(fileSystem),
    encryption,
    probe: probe.name,
    found: hide(probe.found),
  }));
}
