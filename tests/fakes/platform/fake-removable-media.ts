/** USB ports, drives, an eject button and an anti-virus that a test handles in the place of the user. */
import type {
  AntiVirusPort,
  Scan,
  ScanOutcome,
  ScanProblem,
} from '../../../electron/platform/anti-virus/anti-virus-port.ts';
import type { UsbListener, UsbPort, UsbProblem } from '../../../electron/platform/usb/usb-port.ts';
import type { EjectPort, EjectProblem } from '../../../electron/platform/volumes/eject-port.ts';
import type { VolumesPort, VolumesProblem } from '../../../electron/platform/volumes/volumes-port.ts';
import type { Drive } from '../../../shared/device/drive.ts';
import type { UsbDevice } from '../../../shared/device/usb-device.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Capability } from '../../../shared/wire/events.ts';

const capabilityOf = (
  name: string,
  problem: { readonly kind: string; readonly reason: string } | undefined,
): Capability => {
  if (problem === undefined) return { name, level: 'full', reason: '' };
  return { name, level: problem.kind === 'none' ? 'none' : 'degraded', reason: problem.reason };
};

interface FakeUsbPort extends UsbPort {
  /** Plugs a device in and notifies the watchers. */
  plug(device: UsbDevice): void;
  /** Unplugs the device with this key and notifies the watchers; does nothing if there is no such device. */
  pull(key: string): void;
  /** Sets the problem with which lists and watches fail from now on; without a problem they work again. */
  failWith(problem: UsbProblem | undefined): void;
  /** The number of watches: 0 after everything has been disposed of. */
  listeners(): number;
}

function createFakeUsbPort(): FakeUsbPort {
  const present = new Map<string, UsbDevice>();
  const listeners = new Set<UsbListener>();
  let problem: UsbProblem | undefined;
  return {
    capability: () => capabilityOf('usb', problem),
    list: () => Promise.resolve(problem === undefined ? succeed([...present.values()]) : fail(problem)),
    watch: (listener) => {
      if (problem !== undefined) return Promise.resolve(fail(problem));
      const own = { ...listener };
      listeners.add(own);
      return Promise.resolve(
        succeed(() => {
          listeners.delete(own);
          return Promise.resolve();
        }),
      );
    },
    plug: (device) => {
      present.set(device.key, device);
      for (const { onArrived } of [...listeners]) onArrived(device);
    },
    pull: (key) => {
      const device = present.get(key);
      if (device === undefined) return;
      present.delete(key);
      for (const { onDeparted } of [...listeners]) onDeparted(device);
    },
    failWith: (next) => {
      problem = next;
    },
    listeners: () => listeners.size,
  };
}

interface FakeVolumesPort extends VolumesPort {
  /** Sets the drives from now on and notifies the watchers. */
  show(drives: readonly Drive[]): void;
  failWith(problem: VolumesProblem | undefined): void;
  /** The number of watches: 0 after everything has been disposed of. */
  listeners(): number;
}

function createFakeVolumesPort(): FakeVolumesPort {
  let drives: readonly Drive[] = [];
  let problem: VolumesProblem | undefined;
  const listeners = new Set<() => void>();
  return {
    capability: () => capabilityOf('volumes', problem),
    list: () => Promise.resolve(problem === undefined ? succeed(drives) : fail(problem)),
    watch: (changed) => {
      if (problem !== undefined) return Promise.resolve(fail(problem));
      const own = () => changed();
      listeners.add(own);
      return Promise.resolve(
        succeed(() => {
          listeners.delete(own);
          return Promise.resolve();
        }),
      );
    },
    show: (next) => {
      drives = next;
      for (const changed of [...listeners]) changed();
    },
    failWith: (next) => {
      problem = next;
    },
    listeners: () => listeners.size,
  };
}

interface FakeEjectPort extends EjectPort {
  /** Without a problem the next ejects succeed again. */
  refuseWith(problem: EjectProblem | undefined): void;
  /** Keys of the drives that the agent asked to eject, refused requests included, oldest first. */
  asked(): readonly string[];
}

/** An ejected drive leaves the fake drives, as it does where the system switches a stick off. */
function createFakeEjectPort(onEjected: (drive: Drive) => void): FakeEjectPort {
  const asked: string[] = [];
  let problem: EjectProblem | undefined;
  return {
    capability: () => capabilityOf('eject', problem),
    eject: (drive) => {
      asked.push(drive.key);
      if (problem !== undefined) return Promise.resolve(fail(problem));
      onEjected(drive);
      return Promise.resolve(succeed('ejected'));
    },
    refuseWith: (next) => {
      problem = next;
    },
    asked: () => asked,
  };
}

interface FakeAntiVirusPort extends AntiVirusPort {
  /** Sets how the scans that start from now on end. */
  answerWith(outcome: Result<ScanOutcome, ScanProblem>): void;
  /** The scans that start from now on run until `endHeldScans`, also where the agent stops them. */
  holdScans(): void;
  endHeldScans(): void;
  /** How often the agent stopped a scan. */
  stopped(): number;
  /** The scanned folders, oldest first. */
  scanned(): readonly string[];
}

function createFakeAntiVirusPort(): FakeAntiVirusPort {
  const scanned: string[] = [];
  let outcome: Result<ScanOutcome, ScanProblem> = succeed('nothing-found');
  let held: Promise<void> | undefined;
  let endHeld = () => {};
  let stopped = 0;
  return {
    capability: () => capabilityOf('anti-virus', outcome.ok ? undefined : outcome.error),
    scan: (mountPoint) => {
      if (!outcome.ok && outcome.error.kind === 'none') return Promise.resolve(fail(outcome.error));
      scanned.push(mountPoint);
      const scan: Scan = {
        program: 'Test Anti-Virus',
        outcome:
          held === undefined
            ? Promise.resolve(outcome)
            : held.then(() => fail({ kind: 'failed', reason: 'it was stopped' })),
        stop: () => {
          stopped += 1;
        },
      };
      return Promise.resolve(succeed(scan));
    },
    answerWith: (next) => {
      outcome = next;
    },
    holdScans: () => {
      held = new Promise((resolve) => {
        endHeld = resolve;
      });
    },
    endHeldScans: () => endHeld(),
    stopped: () => stopped,
    scanned: () => scanned,
  };
}

export interface FakeRemovableMedia {
  readonly usb: FakeUsbPort;
  readonly volumes: FakeVolumesPort;
  readonly eject: FakeEjectPort;
  readonly antiVirus: FakeAntiVirusPort;
}

export function createFakeRemovableMedia(): FakeRemovableMedia {
  const usb = createFakeUsbPort();
  const volumes = createFakeVolumesPort();
  const eject = createFakeEjectPort((gone) => {
    void volumes.list().then((answer) => {
      if (answer.ok) volumes.show(answer.value.filter(({ key }) => key !== gone.key));
    });
  });
  return { usb, volumes, eject, antiVirus: createFakeAntiVirusPort() };
}
