/** What the user can do about a device from its card: eject it, ask for its approval, scan it. */
import type { EjectState } from '../../../shared/device/device-actions.ts';
import type { Drive } from '../../../shared/device/drive.ts';
import type { Language } from '../../../shared/lib/language.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Account, Machine } from '../../../shared/wire/account.ts';
import {
  type Abilities,
  type Incident,
  noteAsked,
  noteEject,
  noteRequest,
  noteScan,
  noteScanOutcome,
} from '../../domain/media/incident.ts';
import type { AntiVirusPort, Scan } from '../../platform/anti-virus/anti-virus-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { EjectPort } from '../../platform/volumes/eject-port.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import { approvalRequestedEvent } from './device-events.ts';
import type { OfflineApprovals } from './offline-approvals.ts';

export interface DeviceActionOptions {
  readonly eject: EjectPort;
  readonly antiVirus: AntiVirusPort;
  readonly clock: Clock;
  /** False where no collector is set, so that no request can be sent. */
  readonly canAsk: boolean;
  readonly account: () => Account | undefined;
  readonly machine: Machine;
  readonly language: () => Language;
  /** Resolves `ok` when the event is on disk. */
  readonly report: (event: NewEvent) => Promise<Result<undefined, string>>;
  /** Codes for approval by telephone. */
  readonly offline: Pick<OfflineApprovals, 'entries' | 'use'>;
  /** The user asked for approval, so an answer may come soon. */
  readonly onAsked: () => void;
  readonly log: (line: string) => void;
}

/** The incidents that the service holds. */
interface Incidents {
  find(id: string): Incident | undefined;
  /** Applies `change` and shows the result; does nothing where the incident is gone. */
  update(id: string, change: (incident: Incident) => Incident): void;
  readonly drives: () => readonly Drive[];
  readonly hideSerials: () => boolean;
  /** Reads devices and drives again. */
  refresh(): void;
}

export interface DeviceActions {
  /** Asked at each call: an anti-virus may be installed or removed while the agent runs. */
  abilities(): Abilities;
  eject(id: string): Promise<void>;
  askForApproval(id: string, reason: string): Promise<void>;
  takeCode(id: string, code: string): Promise<void>;
  scan(id: string): Promise<void>;
  /** Ends the scan of this incident, if one runs. */
  endScan(id: string): void;
  /** Ends every scan, and starts none after it. */
  stop(): void;
}

/** An anti-virus that does not end by then is the system's to name as what holds the drive. */
const scanEndsWithinMs = 5000;

export function createDeviceActions(options: DeviceActionOptions, incidents: Incidents): DeviceActions {
  const { clock } = options;
  const scans = new Map<string, Scan>();
  let isStopped = false;

  const abilities = (): Abilities => ({
    canEject: options.eject.capability().level !== 'none',
    canAsk: options.canAsk,
    canScan: options.antiVirus.capability().level !== 'none',
  });

  const ejectDrives = async (drives: readonly Drive[]): Promise<EjectState> => {
    for (const drive of drives) {
      const ejected = await options.eject.eject(drive);
      // A drive that is gone is what the user wanted.
      if (ejected.ok || ejected.error.kind === 'gone') continue;
      const { kind, reason } = ejected.error;
      options.log(`eject: ${kind}: ${reason}`);
      return kind === 'in-use' || kind === 'refused' ? kind : 'failed';
    }
    return 'ejected';
  };

  /** A scan has files open on the drive, so an eject during one would fail because of the agent itself. */
  const endScanFirst = async (id: string): Promise<void> => {
    const scan = scans.get(id);
    if (scan === undefined) return;
    scans.delete(id);
    scan.stop();
    let callOff = () => {};
    const late = new Promise<void>((resolve) => {
      callOff = clock.setTimer(scanEndsWithinMs, resolve);
    });
    await Promise.race([scan.outcome, late]);
    callOff();
    incidents.update(id, (one) => noteScan(one, 'ready'));
  };

  return {
    abilities,
    eject: async (id) => {
      const incident = incidents.find(id);
      if (incident === undefined || incident.eject === 'working' || incident.eject === 'not-available')
        return;
      const { driveKeys } = incident.insertion.device;
      incidents.update(id, (one) => noteEject(one, 'working', clock.monotonicMs()));
      await endScanFirst(id);
      const outcome = await ejectDrives(incidents.drives().filter(({ key }) => driveKeys.includes(key)));
      incidents.update(id, (one) => noteEject(one, outcome, clock.monotonicMs()));
      incidents.refresh();
    },
    askForApproval: async (id, reason) => {
      const incident = incidents.find(id);
      if (incident === undefined) return;
      if (incident.request !== 'ready' && incident.request !== 'not-recorded') return;
      const account = options.account();
      if (account === undefined) {
        incidents.update(id, (one) => noteRequest(one, 'not-recorded'));
        return;
      }
      incidents.update(id, (one) => noteRequest(one, 'working'));
      const requestedAt = clock.nowUtc().toISOString();
      const { machine } = options;
      const event = approvalRequestedEvent(
        incident,
        { reason, language: options.language(), requestedAt },
        { account, machine, hideSerials: incidents.hideSerials() },
      );
      const recorded = await options.report(event);
      incidents.update(id, (one) =>
        recorded.ok ? noteAsked(one, requestedAt) : noteRequest(one, 'not-recorded'),
      );
      if (recorded.ok) options.onAsked();
    },
    takeCode: async (id, code) => {
      const incident = incidents.find(id);
      if (incident === undefined || incident.offlineCode === 'working') return;
      incidents.update(id, (one) => ({ ...one, offlineCode: 'working' }));
      const offlineCode = await options.offline.use(code, incident.insertion.device);
      incidents.update(id, (one) => ({ ...one, offlineCode }));
      if (offlineCode === 'ready') incidents.refresh();
    },
    scan: async (id) => {
      const incident = incidents.find(id);
      const place = incident?.insertion.device.volumes.flatMap(({ mountPoints }) => mountPoints)[0];
      if (incident === undefined || place === undefined) return;
      if (incident.scan === 'working' || incident.scan === 'not-available') return;
      if (incident.eject === 'working') return;
      incidents.update(id, (one) => noteScan(one, 'working'));
      const started = await options.antiVirus.scan(place);
      if (!started.ok) {
        options.log(`scan: ${started.error.kind}: ${started.error.reason}`);
        incidents.update(id, (one) => noteScan(one, 'failed'));
        return;
      }
      const scan = started.value;
      if (isStopped || incidents.find(id) === undefined) {
        scan.stop();
        return;
      }
      if (incidents.find(id)?.eject === 'working') {
        scan.stop();
        incidents.update(id, (one) => noteScan(one, 'ready'));
        return;
      }
      scans.set(id, scan);
      incidents.update(id, (one) => noteScan(one, 'working', scan.program));
      void scan.outcome.then((outcome) => {
        // An eject has ended this scan and says so itself.
        if (isStopped || scans.get(id) !== scan) return;
        scans.delete(id);
        incidents.update(id, (one) =>
          noteScanOutcome(one, outcome.ok ? outcome.value : 'failed', abilities(), clock.monotonicMs()),
        );
      });
    },
    endScan: (id) => {
      scans.get(id)?.stop();
      scans.delete(id);
    },
    stop: () => {
      isStopped = true;
      for (const scan of scans.values()) scan.stop();
      scans.clear();
    },
  };
}
