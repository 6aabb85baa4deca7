/** The gate over restarts of the agent in one login: crashes that open it, and openings that outlast them. */
import type { GateOpening } from '../../../shared/wire/events.ts';
import type { GateFacts } from '../../domain/gate/evaluate.ts';
import type { SignedInAccount } from '../../platform/account/account-port.ts';
import type { StorageFault } from '../../storage/storage-fault.ts';
import type { PersonStore } from '../person-store/open-person-store.ts';
import { type CrashWatch, createCrashWatch, type KeptOpening } from './crash-watch.ts';
import type { GateService } from './gate-service.ts';

export interface GateInLogin {
  /** Called again and again; begins as soon as the records and the person are known, after a fault long after the start. */
  watch(): void;
  /** The agent was started in place of one that died, and none has run in this login: it is to be ended. */
  isNotHere(): boolean;
  /** This agent stays. */
  noteHere(): void;
  /** The desktop may be covered before it is known what is asked: one that may have to go again covers nothing. */
  mayCover(): boolean;
  /** Until the gate is shown: then it is shut in this login as in any other. */
  openedBefore(): GateFacts['openedBefore'];
  noteShown(): void;
  noteOpened(how: GateOpening): void;
  /** The page of the gate has died. */
  noteCrash(): Promise<void>;
  /** The agent ends in order. */
  noteEnd(): Promise<void>;
}

export interface StartedBy {
  /** Seconds until a dead agent is started again, 0 where nothing does that. */
  readonly watchdogDelaySeconds: number;
  /** The agent stays only where one has run in this login. */
  readonly onlyIfHereBefore: boolean;
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
}

export function createGateInLogin(options: Options): GateInLogin {
  const { startedBy, gate } = options;
  let crashWatch: CrashWatch | undefined;
  let openedBefore: GateFacts['openedBefore'];
  let isNotHere = false;
  let isHere = false;

  /** Crashes of the page and of the agent count alike: either way the person sits before a PC that does not work. */
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
        // Whether one has run cannot be told, and a lesson in which none had is not covered for want of an answer.
        isNotHere = startedBy.onlyIfHereBefore && !isHere;
        return;
      }
      const watch = createCrashWatch(
        state.settings,
        person.loginId,
        options.openAfterCrashes(),
        options.nowUtc,
        startedBy.watchdogDelaySeconds,
      );
      isNotHere = startedBy.onlyIfHereBefore && !isHere && !watch.hasRunBefore();
      if (isNotHere) return;
      crashWatch = watch;
      const openedBy = watch.openedBy();
      // Counted at once; nobody need wait until the mark is on disk as well.
      void watch.noteStart();
      // Records that came after the gate had opened without them: what runs is noted, and no gate is shut.
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
    mayCover: () => isHere || !startedBy.onlyIfHereBefore,
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

/** Ways of opening that outlast a restart of the agent in the same login. The others are settings, and read anew. */
function isKept(how: GateOpening): how is KeptOpening {
  return how !== 'no-policy' && how !== 'gate-disabled' && how !== 'excluded' && how !== 'demonstration';
}
