/** The gate across restarts of the agent in one login: the crashes that open it, and the openings that outlast them. */
import type { GateOpening } from '../../../shared/wire/events.ts';
import type { GateFacts } from '../../domain/gate/evaluate.ts';
import { isLogonOver } from '../../domain/gate/logon-age.ts';
import type { SignedInAccount } from '../../platform/account/account-port.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import type { PersonStore } from '../person-store/open-person-store.ts';
import { type CrashWatch, createCrashWatch, type KeptOpening } from './crash-watch.ts';
import type { GateService } from './gate-service.ts';

export interface GateInLogin {
  /**
   * May be called again and again. Starts as soon as the records and the person are known; after a fault, that may be
   * long after the start.
   */
  watch(): void;
  /** The agent replaces a dead one, but none has run in this login: the caller must end it. */
  isNotHere(): boolean;
  /** This agent stays. */
  noteHere(): void;
  /**
   * Whether the gate may cover the desktop before it knows what to ask. An agent that may have to end covers nothing.
   */
  mayCover(): boolean;
  /** Undefined once the gate is shown: from then on it is shut in this login as in any other. */
  openedBefore(): GateFacts['openedBefore'];
  noteShown(): void;
  noteOpened(how: GateOpening): void;
  /** The gate's page has died. */
  noteCrash(): Promise<void>;
  /** The agent ends in order. */
  noteEnd(): Promise<void>;
}

export interface StartedBy {
  /** Seconds until a watchdog restarts a dead agent; 0 without a watchdog. */
  readonly watchdogDelaySeconds: number;
  /** The agent stays only where an agent has run in this login. */
  readonly onlyIfHereBefore: boolean;
  /** Started as at a logon. Long after the logon that means the same as `onlyIfHereBefore`. */
  readonly atLogon: boolean;
}

interface Options {
  readonly startedBy: StartedBy;
  readonly state: () => PersonStore | undefined;
  readonly person: () => SignedInAccount | undefined;
  /** `gate.openAfterCrashes`. */
  readonly openAfterCrashes: () => number;
  readonly gate: () => Pick<GateService, 'opening' | 'openAgain' | 'openForCrashLimit'>;
  readonly onFault: (fault: StorageFault) => void;
  readonly nowUtc: () => Date;
  /** Since the PC was started. */
  readonly upSeconds: () => number;
}

export function createGateInLogin(options: Options): GateInLogin {
  const { startedBy, gate } = options;
  let crashWatch: CrashWatch | undefined;
  let openedBefore: GateFacts['openedBefore'];
  let isNotHere = false;
  let isHere = false;
  const staysOnlyIfHereBefore = () =>
    startedBy.onlyIfHereBefore ||
    (startedBy.atLogon &&
      isLogonOver({
        signedInAt: options.person()?.signedInAt,
        now: options.nowUtc(),
        upSeconds: options.upSeconds(),
      }));

  /** Crashes of the page and of the agent count alike: in both cases the user faces a PC that does not work. */
  const openAfterTooManyCrashes = () => {
    if (gate().opening() !== undefined || crashWatch?.isLimitReached() !== true) return;
    options.onFault({
      fault: 'crash-limit',
      subject: 'gate',
      reason: `The gate was opened after ${options.openAfterCrashes()} crashes within two minutes.`,
    });
    gate().openForCrashLimit();
  };

  return {
    watch: () => {
      if (crashWatch !== undefined) return;
      const [state, person] = [options.state(), options.person()];
      if (state === undefined || person === undefined) {
        // The agent cannot know whether one has run in this login. If none has, the gate must not cover a lesson.
        isNotHere = staysOnlyIfHereBefore() && !isHere;
        return;
      }
      const watch = createCrashWatch(
        state.settings,
        person.loginId,
        options.openAfterCrashes(),
        options.nowUtc,
        startedBy.watchdogDelaySeconds,
      );
      isNotHere = staysOnlyIfHereBefore() && !isHere && !watch.hasRunBefore();
      if (isNotHere) return;
      crashWatch = watch;
      const openedBy = watch.openedBy();
      // The crash is counted at once; do not wait until the mark is on disk.
      void watch.noteStart();
      // The gate opened before the records came. Note that this agent runs, and do not shut the gate.
      if (gate().opening() !== undefined) void watch.noteEnd();
      else if (openedBy === 'break-glass' || openedBy === 'crash-limit') gate().openAgain(openedBy);
      else {
        openedBefore = openedBy;
        openAfterTooManyCrashes();
      }
    },
    isNotHere: () => isNotHere,
    noteHere: () => {
      isHere = true;
    },
    mayCover: () => isHere || !staysOnlyIfHereBefore(),
    openedBefore: () => openedBefore,
    noteShown: () => {
      openedBefore = undefined;
      void crashWatch?.noteShut();
    },
    noteOpened: (how) => void crashWatch?.noteEnd(isKept(how) ? how : undefined),
    noteCrash: async () => {
      await crashWatch?.noteCrash();
      openAfterTooManyCrashes();
    },
    noteEnd: async () => crashWatch?.noteEnd(),
  };
}

/**
 * Ways of opening that outlast a restart of the agent in the same login. The others are settings, which are read again.
 */
function isKept(how: GateOpening): how is KeptOpening {
  return how !== 'no-policy' && how !== 'gate-disabled' && how !== 'excluded' && how !== 'demonstration';
}
