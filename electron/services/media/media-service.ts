/**
 * Evaluates what is plugged in, warns of problems, and reports each insertion.
 *
 * Every hint, from whichever side, leads to one refresh of everything. So a changed register, the end of an approval and
 * an unlocked volume take effect in the same way as a new stick. The rules are in `domain/media/incident.ts`; this
 * service holds their state, the timers and the ports.
 */
import { randomUUID } from 'node:crypto';
import type { UsbDevice } from '../../../shared/device/usb-device.ts';
import type { WarningCard } from '../../../shared/ipc/media-warning.ts';
import { createSignal } from '../../../shared/lib/signal.ts';
import { nextExpiry } from '../../domain/media/approval.ts';
import { gatherDevices } from '../../domain/media/gather-devices.ts';
import {
  type Incident,
  isOnScreen,
  isPluggedIn,
  noteReported,
  takeReportBack,
} from '../../domain/media/incident.ts';
import {
  changeIncidents,
  closeAll,
  emptyMedia,
  endLastWords,
  isVerdictAwaited,
  type MediaState,
  nextLastWordEndMs,
  noteAllDelivered,
  notePainted,
  putToSleep,
  refreshMedia,
  showProblems,
  wakeMedia,
} from '../../domain/media/incidents.ts';
import { createAlarm } from './alarm.ts';
import { createDeviceActions } from './device-actions.ts';
import { seenEvent } from './device-events.ts';
import type { MediaService, MediaServiceOptions } from './media-contract.ts';
import { createRefreshLoop } from './refresh-loop.ts';
import { type PluggedIn, toCard, toPluggedIn } from './warning-card.ts';
import { controlSurface } from './warning-surface.ts';
import { createDeviceWatch } from './watch-devices.ts';

/** Some systems do not report that a session comes to the front. The agent asks only while something waits for that. */
const askWhetherInFrontMs = 60_000;
const never = Number.POSITIVE_INFINITY;

export function createMediaService(options: MediaServiceOptions): MediaService {
  return new WatchingService(options);
}

class WatchingService implements MediaService {
  readonly ejectDevice: MediaService['ejectDevice'];
  readonly askForApproval: MediaService['askForApproval'];
  readonly takeCode: MediaService['takeCode'];
  readonly scanDevice: MediaService['scanDevice'];
  readonly #options: MediaServiceOptions;
  readonly #watch;
  readonly #actions;
  readonly #surface;
  readonly #loop;
  readonly #decisionAlarm;
  readonly #expiryAlarm;
  readonly #lastWordAlarm;
  readonly #stateChanged = createSignal();
  #state = emptyMedia;
  #mayWarn = false;
  #isStopped = true;

  constructor(options: MediaServiceOptions) {
    this.#options = options;
    this.#watch = createDeviceWatch(options);
    const { clock } = options;
    this.#surface = controlSurface(options.surface, clock);
    this.#loop = createRefreshLoop({ read: () => this.#read(), evaluate: () => this.#evaluate() });
    this.#decisionAlarm = createAlarm(clock, () => this.#loop.refresh(false));
    this.#expiryAlarm = createAlarm(clock, () => this.#loop.refresh(false));
    this.#lastWordAlarm = createAlarm(clock, () =>
      this.#show(endLastWords(this.#state, clock.monotonicMs())),
    );
    this.#actions = createDeviceActions(options, {
      find: (id) => this.#state.incidents.find((one) => one.id === id),
      update: (id, change) => {
        this.#change(id, change);
        this.#changed();
      },
      drives: () => this.#watch.last().drives ?? [],
      hideSerials: () => options.settings().hideSerials,
      refresh: () => this.#loop.refresh(true),
    });
    this.ejectDevice = this.#actions.eject;
    this.askForApproval = this.#actions.askForApproval;
    this.takeCode = this.#actions.takeCode;
    this.scanDevice = this.#actions.scan;
  }

  async start(): Promise<void> {
    this.#isStopped = false;
    this.#loop.start();
    await this.#watch.start({
      onArrived: (usbDevice) => this.#usbArrived(usbDevice),
      onChanged: () => this.#loop.refresh(true),
    });
    this.#loop.refresh(true);
    await this.#loop.settled();
  }

  allowWarnings(): void {
    if (this.#mayWarn) return;
    this.#mayWarn = true;
    this.#loop.refresh(false);
  }

  holdWarnings(): void {
    this.#mayWarn = false;
  }

  cards(): readonly WarningCard[] {
    const { hideSerials } = this.#options.settings();
    return this.#state.incidents.filter(isOnScreen).map((one) => toCard(one, hideSerials));
  }

  pluggedIn(): readonly PluggedIn[] {
    return this.#state.incidents.filter(isPluggedIn).map(toPluggedIn);
  }

  showAgain(): void {
    this.#show(showProblems(this.#state, this.#actions.abilities(), this.#options.clock.monotonicMs()));
  }

  close(): void {
    this.#surface.endPreparing();
    this.#show(closeAll(this.#state));
  }

  notePainted(ids: readonly string[]): void {
    const painted = notePainted(this.#state, ids);
    if (painted === this.#state) return;
    this.#keep(painted);
    this.#loop.refresh(false);
  }

  registerChanged(): void {
    this.#loop.refresh(false);
  }

  settingsChanged(): void {
    if (this.#options.settings().mode !== 'warn') this.close();
    this.#loop.refresh(false);
  }

  noteDelivered(): void {
    if (this.#state.incidents.some(({ request }) => request === 'queued')) {
      this.#show(noteAllDelivered(this.#state));
    }
  }

  fallAsleep(): void {
    this.#state = putToSleep(this.#state);
  }

  wake(): void {
    if (this.#isStopped) return;
    this.#state = wakeMedia(this.#state, this.#options.clock.monotonicMs());
    void this.#watch.listAgain().then(() => this.#loop.refresh(true));
  }

  comeToFront(): void {
    this.#loop.refresh(true);
  }

  onChanged(listener: () => void): () => void {
    return this.#stateChanged.subscribe(listener);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#loop.stop();
    for (const alarm of [this.#decisionAlarm, this.#expiryAlarm, this.#lastWordAlarm]) alarm.end();
    this.#actions.stop();
    this.#surface.hide();
    this.#stateChanged.clear();
    await Promise.all([this.#watch.stop(), this.#loop.settled()]);
  }

  #usbArrived(usbDevice: UsbDevice): void {
    const settings = this.#options.settings();
    const isRemovable = gatherDevices([usbDevice], [], settings).length > 0;
    const mayWarn = this.#mayWarn && settings.mode === 'warn' && !this.#watch.isBehind();
    if (isRemovable && mayWarn) this.#surface.prepare();
    this.#loop.refresh(true);
  }

  async #read(): Promise<boolean> {
    const found = await this.#watch.read();
    if (found === 'behind') this.#surface.endPreparing();
    // Nothing shows who plugged in devices meanwhile, as after a sleep. Only waking up ends a sleep that lasts.
    if (found === 'returned' && !this.#state.tracker.isAsleep) {
      this.#state = wakeMedia(this.#state, this.#options.clock.monotonicMs());
    }
    return found !== 'behind';
  }

  #evaluate(): void {
    const { clock, answers, register, offline } = this.#options;
    const settings = this.#options.settings();
    const nowMs = clock.monotonicMs();
    const now = clock.nowUtc();
    const { usbDevices, drives } = this.#watch.last();
    const devices = gatherDevices(usbDevices, drives, settings);
    const sources = [settings.approved, register(), offline.entries()];
    const { mode, repeatAfterSeconds } = settings;
    const refreshed = refreshMedia(this.#state, {
      devices,
      settings,
      sources,
      answers: answers(),
      abilities: this.#actions.abilities(),
      rules: { mode, mayWarn: this.#mayWarn, repeatAfterMs: repeatAfterSeconds * 1000 },
      nowMs,
      now,
      freshIds: devices.map(() => randomUUID()),
    });
    this.#keep(refreshed.state);
    for (const incident of refreshed.toReport) this.#report(incident);
    const isAwaited = isVerdictAwaited(this.#state, devices, nowMs);
    if (!isAwaited || nowMs >= this.#surface.preparedUntilMs()) this.#surface.endPreparing();
    const askAtMs = this.#watch.isBehind() ? nowMs + askWhetherInFrontMs : never;
    this.#decisionAlarm.setIn(
      Math.min(refreshed.refreshAtMs, askAtMs, this.#surface.preparedUntilMs()) - nowMs,
    );
    // An approval that ends takes effect at that moment; an approval that was prolonged does not end.
    const expiry = this.#state.incidents.length === 0 ? undefined : nextExpiry(sources, now);
    this.#expiryAlarm.setIn(expiry === undefined ? never : expiry.getTime() - now.getTime() + 1);
    this.#changed();
  }

  #report(incident: Incident): void {
    const { machine, report } = this.#options;
    const account = this.#options.account();
    const { mode, hideSerials } = this.#options.settings();
    if (account === undefined || mode === 'off') return;
    this.#change(incident.id, noteReported);
    void report(seenEvent(incident, mode, { account, machine, hideSerials })).then((recorded) => {
      if (!recorded.ok) this.#change(incident.id, (one) => takeReportBack(one, incident.reported));
    });
  }

  #keep(state: MediaState): void {
    const kept = new Set(state.incidents.map(({ id }) => id));
    for (const { id } of this.#state.incidents) if (!kept.has(id)) this.#actions.endScan(id);
    this.#state = state;
  }

  #change(id: string, change: (incident: Incident) => Incident): void {
    this.#keep(changeIncidents(this.#state, (one) => (one.id === id ? change(one) : one)));
  }

  #show(state: MediaState): void {
    this.#keep(state);
    this.#changed();
  }

  #changed(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (!this.#isStopped) this.#lastWordAlarm.setIn(nextLastWordEndMs(this.#state) - nowMs);
    this.#stateChanged.emit();
    this.#surface.update(this.#state.incidents.some(isOnScreen));
  }
}
