/**
 * Watches what is plugged in, judges it, warns of what is wrong and reports it.
 *
 * Every hint, from whichever side, leads to the same look at the whole: what is there is gathered, followed and judged
 * anew. So a change of the register, the end of an approval and an unlocked volume take effect by the same way as a
 * stick that is put in.
 *
 * Where two people are signed in side by side, each has an agent, and both are told of the same stick. Only the one in
 * front takes note of it: it would else be reported in the name of somebody who is not there.
 */
import { randomUUID } from 'node:crypto';
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import { isAllowed } from '../../../shared/device/approval.ts';
import type { Device } from '../../../shared/device/device.ts';
import type { Drive } from '../../../shared/device/drive.ts';
import type { UsbDevice } from '../../../shared/device/usb-device.ts';
import type { DeviceProblem } from '../../../shared/device/verdict.ts';
import type { WarningCard } from '../../../shared/ipc/media-warning.ts';
import type { Language } from '../../../shared/lib/language.ts';
import type { Result } from '../../../shared/lib/result.ts';
import type { Account, Machine } from '../../../shared/wire/account.ts';
import type { MediaAnswer, RegisterEntry } from '../../../shared/wire/media.ts';
import { nextExpiry } from '../../domain/media/approval.ts';
import { describeForReport, type Evaluation, evaluateDevice } from '../../domain/media/evaluate-device.ts';
import { findAnswer } from '../../domain/media/find-answer.ts';
import { gatherDevices } from '../../domain/media/gather-devices.ts';
import {
  emptyTracker,
  fallAsleep,
  type Insertion,
  trackInsertions,
  wakeUp,
} from '../../domain/media/track-insertions.ts';
import { type GivenWarning, isWarningDue, noteWarning } from '../../domain/media/warning-history.ts';
import type { AntiVirusPort, Scan } from '../../platform/anti-virus/anti-virus-port.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { UsbPort } from '../../platform/usb/usb-port.ts';
import type { EjectPort } from '../../platform/volumes/eject-port.ts';
import type { VolumesPort } from '../../platform/volumes/volumes-port.ts';
import type { NewEvent } from '../../storage/outbox/outbox.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';

/** Where warnings appear. */
interface WarningSurface {
  /** A warning may follow in a moment: gets ready unseen. */
  prepare(): void;
  show(): void;
  /** Leaves nothing behind, prepared or shown. */
  hide(): void;
}

export interface MediaServiceOptions {
  readonly usb: UsbPort;
  readonly volumes: VolumesPort;
  readonly eject: EjectPort;
  readonly antiVirus: AntiVirusPort;
  readonly clock: Clock;
  /** As they stand now; `settingsChanged` tells that they do not stand as before. */
  readonly settings: () => ManagedConfig['media'];
  /** False where no collector is set: then nobody can be asked from here. */
  readonly canAsk: boolean;
  /** The school's register as it is known now. */
  readonly register: () => readonly RegisterEntry[];
  /** What the school has answered to this person, newest first. */
  readonly answers: () => readonly MediaAnswer[];
  readonly account: () => Account | undefined;
  readonly machine: Machine;
  /** False while another session is used in the place of this one. Where nobody can say, true. */
  readonly isInFront: () => Promise<boolean>;
  readonly language: () => Language;
  readonly surface: WarningSurface;
  /** Resolves `ok` when the event is on disk. */
  readonly report: (event: NewEvent) => Promise<Result<undefined, string>>;
  /** Somebody has asked for approval: the answer may come soon. */
  readonly onAsked: () => void;
  readonly onFault: (fault: StorageFault) => void;
  readonly log: (line: string) => void;
}

/** One thing that is plugged in, for the tray. */
export interface PluggedIn {
  readonly name: string;
  readonly kind: Device['kind'];
  readonly places: readonly string[];
  readonly sizeBytes: number;
  readonly encryption: Evaluation['encryption'];
  readonly problems: readonly DeviceProblem[];
}

export interface MediaService {
  /** Begins to watch. What is there already is *present*. */
  start(): Promise<void>;
  /** Warnings wait until this has been called: in front of a shut gate they would only stand in the way of it. */
  allowWarnings(): void;
  /** The gate is shut again: new warnings wait once more. */
  holdWarnings(): void;
  cards(): readonly WarningCard[];
  pluggedIn(): readonly PluggedIn[];
  /** Puts everything that is wrong on the screen again, whatever was closed before. */
  showAgain(): void;
  ejectDevice(id: string): Promise<void>;
  askForApproval(id: string, reason: string): Promise<void>;
  scanDevice(id: string): Promise<void>;
  close(): void;
  notePainted(ids: readonly string[]): void;
  /** The register or the school's answers have changed: what is plugged in now is judged by them. */
  registerChanged(): void;
  /** What is plugged in is judged anew, without being a new incident; a mode that does not warn takes its cards away. */
  settingsChanged(): void;
  /** Everything that was recorded has reached the school. */
  noteDelivered(): void;
  fallAsleep(): void;
  wake(): void;
  /** The session may be in front again: what another's use has changed is found as it is after a sleep. */
  comeToFront(): void;
  /** Calls `listener` when cards or what is plugged in may have changed. Returns its removal. */
  onChanged(listener: () => void): () => void;
  /** Leaves no timer, no listener and no scan. */
  stop(): Promise<void>;
}

/** Partitions appear one by one; until then "cannot tell" only means "not yet". */
const settleMs = 1500;
/** A report may wait for the whole of a stick, unlike a warning. */
const reportAfterMs = 2000;
/** A window that has not painted by then is reported as what it is: nobody was warned. */
const paintWithinMs = 10_000;
/** A page that breaks each time it is to warn is not started for ever. */
const mostLostWarnings = 2;
/** How long a prepared window waits for a drive that does not come. */
const prepareForMs = 15_000;
/** A session that comes to the front unlocked may be told by nobody. Asked only where something was held back. */
const askAgainWhetherInFrontMs = 60_000;
/** What has come right, or has been ejected, is said for this long before its card goes. */
const sayForMs = 10_000;

interface Tracked {
  readonly id: string;
  insertion: Insertion;
  evaluation: Evaluation;
  readonly readyAtMs: number;
  readonly seenAt: string;
  /** Was gone for a moment since it was looked at last. */
  hasLeft: boolean;
  /** On the screen. */
  isShown: boolean;
  shownAtMs: number | undefined;
  /** Painted at least once. */
  isWarned: boolean;
  /** How often it was put on the screen and taken away again before it had painted. */
  lostWarnings: number;
  reported: readonly DeviceProblem[] | undefined;
  eject: WarningCard['eject'];
  request: WarningCard['request'];
  /** When approval was last asked for in this insertion. */
  askedAt: string | undefined;
  answer: MediaAnswer | undefined;
  scan: WarningCard['scan'];
  scanProgram: string;
  running: Scan | undefined;
  /** Calls the end of its last words off. */
  leave: (() => void) | undefined;
}

export function createMediaService(options: MediaServiceOptions): MediaService {
  return new WatchingService(options);
}

class WatchingService implements MediaService {
  readonly #options: MediaServiceOptions;
  readonly #listeners = new Set<() => void>();
  readonly #usbDevices = new Map<string, UsbDevice>();
  /** What is judged: the devices as they were when the session was last seen in front, and the drives likewise. */
  #seenDevices: readonly UsbDevice[] = [];
  readonly #tracked = new Map<number, Tracked>();
  #drives: readonly Drive[] | undefined = [];
  #watch = emptyTracker;
  #given: readonly GivenWarning[] = [];
  #stopUsb: (() => Promise<void>) | undefined;
  #stopVolumes: (() => Promise<void>) | undefined;
  #mayWarn = false;
  #isStopped = true;
  /** Something has changed while the session was behind another, and waits. */
  #isBehind = false;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #readAgain = false;
  #timer: (() => void) | undefined;
  #expiryTimer: (() => void) | undefined;
  #preparedUntilMs: number | undefined;
  #isSurfaceShown = false;

  constructor(options: MediaServiceOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { usb, volumes } = this.#options;
    this.#isStopped = false;
    // InsertionTracker first, list then: what comes in between is in both.
    const [usbWatch, volumesWatch] = await Promise.all([
      usb.watch({
        onArrived: (device) => this.#usbArrived(device),
        onDeparted: ({ key }) => {
          this.#usbDevices.delete(key);
          this.#look(true);
        },
      }),
      volumes.watch(() => this.#look(true)),
    ]);
    if (usbWatch.ok) this.#stopUsb = usbWatch.value;
    else this.#tellBlind('usb', usbWatch.error.reason);
    if (volumesWatch.ok) this.#stopVolumes = volumesWatch.value;
    else this.#tellBlind('volumes', volumesWatch.error.reason);
    await this.#listUsb();
    this.#look(true);
    await this.#looking;
  }

  allowWarnings(): void {
    if (this.#mayWarn) return;
    this.#mayWarn = true;
    this.#look(false);
  }

  holdWarnings(): void {
    this.#mayWarn = false;
  }

  cards(): readonly WarningCard[] {
    return [...this.#tracked.values()].filter(({ isShown }) => isShown).map((one) => this.#toCard(one));
  }

  pluggedIn(): readonly PluggedIn[] {
    return [...this.#tracked.values()]
      .filter(({ insertion }) => insertion.leftAtMs === undefined)
      .map(({ insertion: { device }, evaluation }) => ({
        name: device.name,
        kind: device.kind,
        places: placesOf(device),
        sizeBytes: device.sizeBytes,
        encryption: evaluation.encryption,
        problems: evaluation.problems,
      }));
  }

  showAgain(): void {
    for (const one of this.#tracked.values()) {
      if (one.evaluation.problems.length > 0 && one.insertion.leftAtMs === undefined) this.#putOnScreen(one);
    }
    this.#changed();
  }

  async ejectDevice(id: string): Promise<void> {
    const one = this.#find(id);
    if (one === undefined || one.eject === 'working' || one.eject === 'not-available') return;
    one.eject = 'working';
    this.#changed();
    const keys = one.insertion.device.driveKeys;
    const drives = (this.#drives ?? []).filter(({ key }) => keys.includes(key));
    let outcome: WarningCard['eject'] = 'ejected';
    for (const drive of drives) {
      const ejected = await this.#options.eject.eject(drive);
      // Gone is what was asked for, whoever did it.
      if (ejected.ok || ejected.error.kind === 'gone') continue;
      this.#options.log(`eject: ${ejected.error.kind}: ${ejected.error.reason}`);
      const { kind } = ejected.error;
      outcome = kind === 'in-use' || kind === 'refused' ? kind : 'failed';
      break;
    }
    one.eject = outcome;
    if (outcome === 'ejected') this.#leaveSoon(one);
    this.#look(true);
    this.#changed();
  }

  async askForApproval(id: string, reason: string): Promise<void> {
    const options = this.#options;
    const account = options.account();
    const one = this.#find(id);
    if (one === undefined || (one.request !== 'ready' && one.request !== 'not-recorded')) return;
    if (account === undefined) {
      one.request = 'not-recorded';
      this.#changed();
      return;
    }
    one.request = 'working';
    this.#changed();
    const requestedAt = options.clock.nowUtc().toISOString();
    const { volumes: _volumes, ...described } = describeForReport(
      one.insertion.device,
      one.evaluation,
      options.settings().hideSerials,
    );
    const recorded = await options.report({
      type: 'porthor.media.approval-requested.v1',
      subject: this.#subjectOf(one.insertion.device),
      data: {
        insertionId: one.id,
        ...described,
        reason,
        language: options.language(),
        requestedAt,
        account,
        machine: options.machine,
      },
    });
    one.request = recorded.ok ? 'queued' : 'not-recorded';
    if (recorded.ok) {
      one.askedAt = requestedAt;
      one.answer = undefined;
      options.onAsked();
    }
    this.#changed();
  }

  async scanDevice(id: string): Promise<void> {
    const one = this.#find(id);
    const place = one?.insertion.device.volumes.flatMap(({ mountPoints }) => mountPoints)[0];
    if (one === undefined || place === undefined || one.scan === 'working' || one.scan === 'not-available') {
      return;
    }
    one.scan = 'working';
    this.#changed();
    const begun = await this.#options.antiVirus.scan(place);
    if (!begun.ok) {
      this.#options.log(`scan: ${begun.error.kind}: ${begun.error.reason}`);
      one.scan = 'failed';
      this.#changed();
      return;
    }
    if (this.#isStopped || this.#find(id) === undefined) {
      begun.value.stop();
      return;
    }
    one.running = begun.value;
    one.scanProgram = begun.value.program;
    this.#changed();
    void begun.value.outcome.then((outcome) => {
      if (this.#isStopped) return;
      one.running = undefined;
      one.scan = outcome.ok ? outcome.value : 'failed';
      // Somebody who has closed the window meanwhile must hear of what may be a virus all the same.
      if (one.scan === 'something-found' || one.scan === 'unclear') this.#putOnScreen(one);
      this.#changed();
    });
  }

  close(): void {
    this.#preparedUntilMs = undefined;
    for (const one of this.#tracked.values()) {
      if (one.isShown && !one.isWarned) one.lostWarnings += 1;
      this.#takeOffScreen(one);
    }
    this.#changed();
  }

  notePainted(ids: readonly string[]): void {
    for (const one of this.#tracked.values()) {
      if (one.isWarned || !one.isShown || !ids.includes(one.id)) continue;
      one.isWarned = true;
      this.#look(false);
    }
  }

  registerChanged(): void {
    this.#look(false);
  }

  settingsChanged(): void {
    if (this.#options.settings().mode !== 'warn') this.close();
    this.#look(false);
  }

  noteDelivered(): void {
    let isNew = false;
    for (const one of this.#tracked.values()) {
      if (one.request !== 'queued') continue;
      one.request = 'sent';
      isNew = true;
    }
    if (isNew) this.#changed();
  }

  fallAsleep(): void {
    this.#watch = fallAsleep(this.#watch);
  }

  wake(): void {
    if (this.#isStopped) return;
    this.#watch = wakeUp(this.#watch, this.#options.clock.monotonicMs());
    void this.#listUsb().then(() => this.#look(true));
  }

  comeToFront(): void {
    this.#look(true);
  }

  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.();
    this.#timer = undefined;
    this.#expiryTimer?.();
    this.#expiryTimer = undefined;
    for (const one of this.#tracked.values()) {
      this.#endLastWords(one);
      one.running?.stop();
    }
    this.#options.surface.hide();
    this.#listeners.clear();
    await Promise.all([this.#stopUsb?.(), this.#stopVolumes?.(), this.#looking]);
  }

  /** What cannot be watched is said, never passed over in silence; the PC works on without it. */
  #tellBlind(capability: string, reason: string): void {
    this.#options.log(`media: ${capability}: ${reason}`);
  }

  #usbArrived(usbDevice: UsbDevice): void {
    this.#usbDevices.set(usbDevice.key, usbDevice);
    const [device] = gatherDevices([usbDevice], [], this.#options.settings());
    // A window takes longer to open than a verdict to be found, and a stick takes its second to show its volumes.
    if (
      device !== undefined &&
      this.#mayWarn &&
      !this.#isBehind &&
      this.#options.settings().mode === 'warn'
    ) {
      this.#preparedUntilMs = this.#options.clock.monotonicMs() + prepareForMs;
      this.#options.surface.prepare();
    }
    this.#look(true);
  }

  async #listUsb(): Promise<void> {
    const listed = await this.#options.usb.list();
    if (!listed.ok) return;
    this.#usbDevices.clear();
    for (const usbDevice of listed.value) this.#usbDevices.set(usbDevice.key, usbDevice);
  }

  /** @param readAnew false where nothing that is plugged in can have changed. */
  #look(readAnew: boolean): void {
    if (this.#isStopped) return;
    this.#lookAgain = true;
    this.#readAgain ||= readAnew;
    this.#looking ??= this.#looks().finally(() => {
      this.#looking = undefined;
      // What was asked for between the end of the last look and now.
      if (this.#lookAgain) this.#look(false);
    });
  }

  async #looks(): Promise<void> {
    while (this.#lookAgain && !this.#isStopped) {
      this.#lookAgain = false;
      if (this.#readAgain) {
        this.#readAgain = false;
        await this.#readAnew();
        if (this.#isStopped) return;
      }
      this.#judgeAll();
    }
  }

  async #readAnew(): Promise<void> {
    const { isInFront, volumes } = this.#options;
    const [inFront, listed] = await Promise.all([isInFront(), volumes.list()]);
    if (!inFront) {
      this.#isBehind = true;
      this.#readAgain = true;
      this.#preparedUntilMs = undefined;
      return;
    }
    if (this.#isBehind) this.#returnToFront();
    this.#seenDevices = [...this.#usbDevices.values()];
    if (listed.ok) this.#drives = listed.value;
    else if (listed.error.kind === 'none') this.#drives = undefined;
    else {
      // What was known last stays: no answer is no reason to call a stick gone.
      this.#options.onFault({ fault: 'volumes-unreadable', subject: 'volumes', reason: listed.error.reason });
    }
  }

  /** Who put in what meanwhile cannot be told, as after a sleep. From one that lasts, waking up alone leads back. */
  #returnToFront(): void {
    this.#isBehind = false;
    if (!this.#watch.isAsleep) this.#watch = wakeUp(this.#watch, this.#options.clock.monotonicMs());
  }

  #judgeAll(): void {
    const { clock } = this.#options;
    const settings = this.#options.settings();
    const nowMs = clock.monotonicMs();
    const media = gatherDevices(this.#seenDevices, this.#drives, settings);
    const seen = trackInsertions(this.#watch, media, nowMs);
    this.#watch = seen.tracker;
    const wakeUps = [seen.refreshAtMs ?? Number.POSITIVE_INFINITY];
    if (this.#isBehind) wakeUps.push(nowMs + askAgainWhetherInFrontMs);

    const sources = [settings.approved.map(toEntry), this.#options.register()];
    const pluggedIn = media.filter(({ isReady }) => isReady);
    for (const insertion of this.#watch.insertions) {
      const facts = { settings, sources, pluggedIn, now: clock.nowUtc() };
      const known = this.#tracked.get(insertion.number);
      if (known !== undefined && insertion.leftAtMs !== undefined) {
        known.insertion = insertion;
        known.hasLeft = true;
        continue;
      }
      const evaluation = evaluateDevice(insertion.device, facts);
      const one = known ?? this.#track(insertion, evaluation, nowMs);
      one.insertion = insertion;
      one.evaluation = evaluation;
      if (one.hasLeft) this.#takeBack(one);
      this.#takeAnswer(one);
      wakeUps.push(this.#decide(one, nowMs));
    }
    for (const { number } of seen.ended) this.#end(number);
    this.#endPreparing(media, nowMs);
    this.#armTimer(Math.min(...wakeUps), nowMs);
    this.#armExpiry(sources);
    this.#changed();
  }

  #track(insertion: Insertion, evaluation: Evaluation, nowMs: number): Tracked {
    const one: Tracked = {
      id: randomUUID(),
      insertion,
      evaluation,
      readyAtMs: nowMs,
      seenAt: this.#options.clock.nowUtc().toISOString(),
      hasLeft: false,
      isShown: false,
      shownAtMs: undefined,
      isWarned: false,
      lostWarnings: 0,
      reported: undefined,
      eject: 'ready',
      request: 'ready',
      askedAt: undefined,
      answer: undefined,
      scan: 'ready',
      scanProgram: '',
      running: undefined,
      leave: undefined,
    };
    this.#tracked.set(insertion.number, one);
    return one;
  }

  /** Ejected and, before it was taken out, put to use again. */
  #takeBack(one: Tracked): void {
    one.hasLeft = false;
    if (one.eject !== 'ejected') return;
    one.eject = 'ready';
    this.#endLastWords(one);
  }

  /** Who waits for an answer is told it, whatever was closed meanwhile. */
  #takeAnswer(one: Tracked): void {
    const { evaluation, insertion } = one;
    one.answer = findAnswer(this.#options.answers(), insertion.device, evaluation.serialQuality, {
      insertionId: one.id,
      askedAt: one.askedAt,
    });
    const isAwaited = one.request === 'queued' || one.request === 'sent';
    // Where no warning may stand now, the answer waits as the warning does.
    const mayTell = this.#mayWarn && this.#options.settings().mode === 'warn';
    if (one.answer === undefined || !isAwaited || !mayTell) return;
    // Refused, it may be asked for again, with a better reason.
    one.request = 'ready';
    if (one.eject !== 'ejected') this.#putOnScreen(one);
  }

  /** Answers when this one has to be looked at again, on the monotonic clock. */
  #decide(one: Tracked, nowMs: number): number {
    const settings = this.#options.settings();
    const { problems, encryption } = one.evaluation;
    const { device } = one.insertion;
    const isSettled = nowMs - one.readyAtMs >= settleMs;
    const isOpen = encryption === 'cannot-tell' && device.volumes.length > 0 && !isSettled;
    const repeatAfterMs = settings.repeatAfterSeconds * 1000;
    if (one.isShown) {
      if (problems.length === 0) this.#leaveSoon(one);
      else if (one.eject !== 'ejected') this.#endLastWords(one);
    } else if (
      settings.mode === 'warn' &&
      this.#mayWarn &&
      !isOpen &&
      one.lostWarnings < mostLostWarnings &&
      isWarningDue(device, problems, this.#given, nowMs, repeatAfterMs)
    ) {
      this.#putOnScreen(one);
    }
    if (one.isShown && one.isWarned) {
      // What has painted is being told, also what has been added to it since; of what never did, nobody was warned.
      this.#given = noteWarning(this.#given, device, problems, nowMs, repeatAfterMs);
    }
    this.#reportIfDue(one);
    if (isOpen) return one.readyAtMs + settleMs;
    const moments = [one.readyAtMs + reportAfterMs, (one.shownAtMs ?? 0) + paintWithinMs];
    return Math.min(...moments.filter((atMs) => atMs > nowMs));
  }

  #putOnScreen(one: Tracked): void {
    one.isShown = true;
    one.shownAtMs = this.#options.clock.monotonicMs();
    one.eject = this.#canEject(one.insertion.device) ? 'ready' : 'not-available';
    if (one.request === 'ready' && !this.#canAsk(one)) one.request = 'not-available';
    if (one.scan === 'ready' && !this.#canScan(one.insertion.device)) one.scan = 'not-available';
  }

  #canEject({ driveKeys }: Device): boolean {
    return driveKeys.length > 0 && this.#options.eject.capability().level !== 'none';
  }

  #canAsk({ evaluation }: Tracked): boolean {
    return this.#options.canAsk && evaluation.canBeApproved;
  }

  #canScan({ volumes }: Device): boolean {
    const isMounted = volumes.some(({ mountPoints }) => mountPoints.length > 0);
    return isMounted && this.#options.antiVirus.capability().level !== 'none';
  }

  /** Says a last word for a while, then lets the card go. */
  #leaveSoon(one: Tracked): void {
    one.leave ??= this.#options.clock.setTimer(sayForMs, () => {
      this.#takeOffScreen(one);
      this.#changed();
    });
  }

  /** What is gone for good was kept for its last words alone. */
  #takeOffScreen(one: Tracked): void {
    one.isShown = false;
    this.#endLastWords(one);
    if (one.insertion.leftAtMs !== undefined && !this.#isFollowed(one)) this.#forget(one);
  }

  #endLastWords(one: Tracked): void {
    one.leave?.();
    one.leave = undefined;
  }

  #isFollowed({ insertion }: Tracked): boolean {
    return this.#watch.insertions.some(({ number }) => number === insertion.number);
  }

  #forget(one: Tracked): void {
    this.#endLastWords(one);
    one.running?.stop();
    this.#tracked.delete(one.insertion.number);
  }

  #end(number: number): void {
    const one = this.#tracked.get(number);
    if (one === undefined) return;
    this.#report(one);
    // "You can take it out now" stays until it has been said long enough.
    if (one.leave === undefined) this.#forget(one);
    else one.insertion = { ...one.insertion, leftAtMs: this.#options.clock.monotonicMs() };
  }

  #isPaintAwaited(one: Tracked, nowMs: number): boolean {
    return one.isShown && !one.isWarned && nowMs < (one.shownAtMs ?? 0) + paintWithinMs;
  }

  /** In front of a shut gate the warning still has to come, and with it the answer to "was the person warned". */
  #isWarningStillToCome({ evaluation }: Tracked): boolean {
    return this.#options.settings().mode === 'warn' && !this.#mayWarn && evaluation.problems.length > 0;
  }

  #reportIfDue(one: Tracked): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs < one.readyAtMs + reportAfterMs) return;
    if (this.#isPaintAwaited(one, nowMs) || this.#isWarningStillToCome(one)) return;
    this.#report(one);
  }

  /** Once an insertion, and once more when it turns out worse than was reported. */
  #report(one: Tracked): void {
    const options = this.#options;
    const { problems } = one.evaluation;
    const told = one.reported;
    if (told !== undefined && problems.every((problem) => told.includes(problem))) return;
    const account = options.account();
    const { mode, hideSerials } = options.settings();
    if (account === undefined || mode === 'off') return;
    one.reported = [...new Set([...(told ?? []), ...problems])];
    const { device, arrival } = one.insertion;
    const reporting = options.report({
      type: 'porthor.media.seen.v1',
      subject: this.#subjectOf(device),
      data: {
        insertionId: one.id,
        arrival,
        ...describeForReport(device, one.evaluation, hideSerials),
        approved: isAllowed(one.evaluation.approval),
        warned: one.isWarned,
        mode,
        seenAt: one.seenAt,
        account,
        machine: options.machine,
      },
    });
    void reporting.then((recorded) => {
      // The next look tries again.
      if (!recorded.ok) one.reported = told;
    });
  }

  /** The device, as events name what they are about. */
  #subjectOf({ vendorId, productId, serial, kind }: Device): string {
    const model = vendorId === '' ? kind : `usb:${vendorId}:${productId}`;
    return serial === '' || this.#options.settings().hideSerials
      ? model
      : `${model}:${serial.replaceAll(/[^\u0021-\u007e]/gu, '')}`.slice(0, 512);
  }

  #find(id: string): Tracked | undefined {
    return [...this.#tracked.values()].find((one) => one.id === id);
  }

  #endPreparing(media: readonly Device[], nowMs: number): void {
    if (this.#preparedUntilMs === undefined) return;
    const isAwaited = media.some(({ isReady }) => !isReady) || this.#isAnyOpen(nowMs);
    if (isAwaited && nowMs < this.#preparedUntilMs) return;
    this.#preparedUntilMs = undefined;
  }

  #isAnyOpen(nowMs: number): boolean {
    return [...this.#tracked.values()].some(({ readyAtMs }) => nowMs - readyAtMs < settleMs);
  }

  #armTimer(atMs: number, nowMs: number): void {
    const wanted = Math.min(atMs, this.#preparedUntilMs ?? Number.POSITIVE_INFINITY);
    this.#timer?.();
    this.#timer = undefined;
    if (wanted === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#options.clock.setTimer(Math.max(1, wanted - nowMs), () => {
      this.#timer = undefined;
      this.#look(false);
    });
  }

  /** An approval that ends takes effect at that moment, and one that was prolonged does not. */
  #armExpiry(sources: Parameters<typeof nextExpiry>[0]): void {
    const { clock } = this.#options;
    this.#expiryTimer?.();
    this.#expiryTimer = undefined;
    if (this.#tracked.size === 0) return;
    const next = nextExpiry(sources, clock.nowUtc());
    if (next === undefined) return;
    this.#expiryTimer = clock.setTimer(next.getTime() - clock.nowUtc().getTime() + 1, () => {
      this.#expiryTimer = undefined;
      this.#look(false);
    });
  }

  #changed(): void {
    const isShown = [...this.#tracked.values()].some((one) => one.isShown);
    for (const listener of this.#listeners) listener();
    const { surface } = this.#options;
    if (isShown) {
      if (!this.#isSurfaceShown) surface.show();
    } else if (this.#preparedUntilMs === undefined) surface.hide();
    this.#isSurfaceShown = isShown;
  }

  #toCard(one: Tracked): WarningCard {
    const { device } = one.insertion;
    const { answer } = one;
    return {
      id: one.id,
      kind: device.kind,
      name: device.name,
      sizeBytes: device.sizeBytes,
      places: placesOf(device),
      serial: this.#options.settings().hideSerials ? '' : device.serial,
      encryption: one.evaluation.encryption,
      approval: one.evaluation.approval,
      problems: [...one.evaluation.problems],
      eject: one.eject,
      request: one.request,
      answer:
        answer === undefined
          ? null
          : {
              decision: answer.decision,
              decidedBy: answer.decidedBy,
              decidedAt: answer.decidedAt,
              reason: answer.reason,
            },
      scan: one.scan,
      scanProgram: one.scanProgram,
    };
  }
}

function toEntry(approved: ManagedConfig['media']['approved'][number]): RegisterEntry {
  return approved;
}

/** Drive letters, else the labels that people gave: what they know the thing by. */
function placesOf({ volumes }: Device): string[] {
  const letters = volumes.flatMap(({ mountPoints }) =>
    mountPoints.flatMap((point) => /^([A-Za-z]):\\?$/u.exec(point)?.[1] ?? []),
  );
  if (letters.length > 0) return letters.map((letter) => `${letter.toUpperCase()}:`);
  return [...new Set(volumes.map(({ label }) => label).filter((label) => label !== ''))];
}
