/** Joins the media service with the device register of the collector and with the delivery of its reports. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Result } from '../../../shared/lib/result.ts';
import { type Account, accountKey, type Machine } from '../../../shared/wire/account.ts';
import type { Capability } from '../../../shared/wire/events.ts';
import type { MediaAnswer } from '../../../shared/wire/media.ts';
import type { RemovableMedia } from '../../platform/removable-media.ts';
import type { SessionPort } from '../../platform/session/session-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { openDeviceRegisterStore } from '../../storage/device-register/device-register-store.ts';
import { openOfflineApprovalsStore } from '../../storage/device-register/offline-approvals-store.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import type { LanguageChoice } from '../language.ts';
import type { Reporting } from '../reporting/start-reporting.ts';
import { createDeviceRegister } from './device-register.ts';
import type { MediaService } from './media-contract.ts';
import { createMediaService } from './media-service.ts';
import { createOfflineApprovals } from './offline-approvals.ts';
import type { WarningSurface } from './warning-surface.ts';

export interface MediaOptions {
  readonly ports: RemovableMedia;
  readonly session: SessionPort;
  readonly config: () => ManagedConfig;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly language: LanguageChoice;
  readonly stateDirectory: string;
  readonly reporting: Reporting | undefined;
  readonly account: () => Account | undefined;
  readonly report: (event: NewEvent) => Promise<Result<undefined, string>>;
  readonly onFault: (fault: StorageFault) => void;
  /** A plugged-in device, or its verdict, may have changed. */
  readonly onChanged: () => void;
  readonly log: (line: string) => void;
}

export interface RunningMedia {
  readonly service: MediaService;
  capabilities(): readonly Capability[];
  /** What the school has answered to this user's requests, newest first. */
  answers(): readonly MediaAnswer[];
  start(): Promise<void>;
  wake(): void;
  stop(): Promise<void>;
}

/** Nothing runs before `start`, so that the caller can connect `surface` to the service first. */
export async function createMedia(options: MediaOptions, surface: WarningSurface): Promise<RunningMedia> {
  const { ports, session, clock, language, reporting } = options;
  const store = await openDeviceRegisterStore({
    directory: options.stateDirectory,
    collectorUrl: options.config().collectorUrl,
    nowUtc: () => clock.nowUtc(),
    onFault: options.onFault,
  });
  const offline = createOfflineApprovals({
    store: await openOfflineApprovalsStore({
      directory: options.stateDirectory,
      collectorUrl: options.config().collectorUrl,
      nowUtc: () => clock.nowUtc(),
      onFault: options.onFault,
    }),
    nowUtc: () => clock.nowUtc(),
  });
  const register = createDeviceRegister({
    session: reporting?.session,
    store,
    clock,
    random: Math.random,
    accountKey: () => {
      const account = options.account();
      return account === undefined ? '' : accountKey(account);
    },
    everySeconds: options.config().reporting.heartbeatSeconds,
    onOfflineCodes: offline.offer,
    onChanged: () => {
      service.registerChanged();
      // The tray also shows answers about devices that are not plugged in.
      options.onChanged();
    },
    log: options.log,
  });
  const service = createMediaService({
    ...ports,
    clock,
    settings: () => options.config().media,
    canAsk: reporting?.session !== undefined,
    register: () => register.entries(),
    offline,
    answers: () => register.answers(),
    account: options.account,
    machine: options.machine,
    isInFront: async () => {
      const answer = await session.readState();
      return !answer.ok || answer.value.inFront;
    },
    language: () => language.current(),
    surface,
    report: options.report,
    onAsked: () => register.expectAnswer(),
    onFault: options.onFault,
    log: options.log,
  });
  service.onChanged(options.onChanged);
  // When the queue is empty and the collector answers, every request has arrived.
  const endDelivery = reporting?.sender.onChange(({ collector, queueLength }) => {
    if (collector === 'reached' && queueLength === 0) service.noteDelivered();
  });

  return {
    service,
    capabilities: () => [
      ports.usb.capability(),
      ports.volumes.capability(),
      ports.eject.capability(),
      ports.antiVirus.capability(),
    ],
    answers: () => register.answers(),
    start: async () => {
      register.start();
      await service.start();
    },
    wake: () => {
      service.wake();
      register.wake();
    },
    stop: async () => {
      register.stop();
      endDelivery?.();
      await service.stop();
    },
  };
}
