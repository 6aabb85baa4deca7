/**
 * The agent's entry point for the end-to-end tests: the real composition on the real Electron. Fakes replace only the
 * parts that would end the tester's own login session, or name the tester.
 */
import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { app, Menu } from 'electron';
import { z } from 'zod';
import { runAgent } from '../../../electron/app/lifecycle.ts';
import type { Platform } from '../../../electron/platform/create-platform.ts';
import type { IdlePort } from '../../../electron/platform/idle/idle-port.ts';
import { fail, succeed } from '../../../shared/lib/result.ts';
import { accountSchema } from '../../../shared/wire/account.ts';
import {
  createFakeRemovableMedia,
  type FakeRemovableMedia,
} from '../../fakes/platform/fake-removable-media.ts';
import { createSealingStore } from '../../fakes/platform/sealing-store.ts';

/** Read again at each call, so that a test can change the user between two logins. */
const scriptSchema = z.strictObject({
  account: accountSchema,
  /** When the system gives the account. `slow`: not until this changes; `late`: the same, but it refuses once. */
  accountIsTold: z.enum(['at-once', 'slow', 'late', 'never']).optional(),
  groups: z.array(z.string()),
  loginId: z.string(),
  /** `refused`: the system refuses to sign out. */
  signOut: z.enum(['taken', 'refused']),
  /** Locking, sessions and inhibitors are those of the logind on the bus that the environment names. */
  realLogind: z.boolean(),
  /** How many times faster than the real one time passes for the agent; 1 leaves clock and sensor alone. */
  speed: z.number().min(1),
  /** Start of the wall clock, ISO UTC; it runs on from there. Absent or empty: the system's own time. */
  clockStartsAt: z.string().optional(),
  /** Timers of five minutes and more fire after this long instead; absent: they keep their time. */
  longTimersMs: z.int().min(1).optional(),
  /** False: a window fills a display by its bounds, as on Windows. Absent: as this desktop wants it. */
  fillsByFullScreen: z.boolean().optional(),
  /** True: the end of the session comes through a window, as on Windows. Absent: as this desktop wants it. */
  endsSessionThroughWindow: z.boolean().optional(),
  /** The system's secret store keeps its key in the profile, as Windows and keyrings do. */
  keyInProfile: z.boolean().optional(),
  /** What the agent asked the system for, one word a line. */
  journalFile: z.string(),
});
export type AgentScript = z.infer<typeof scriptSchema>;

const scriptFile = process.env['PORTHOR_TEST_SCRIPT'] ?? '';
const readScript = (): AgentScript => scriptSchema.parse(JSON.parse(readFileSync(scriptFile, 'utf8')));
const asked = (word: string) => {
  appendFileSync(readScript().journalFile, `${word}\n`);
};

// No test display has a tray, so a test presses the entries of the real menu where the tray would.
const buildMenu = Menu.buildFromTemplate.bind(Menu);
Menu.buildFromTemplate = (template) => {
  const menu = buildMenu(template);
  Object.assign(globalThis, { trayMenu: menu });
  return menu;
};

declare global {
  /** What a test plugs in and pulls out. */
  var removableMedia: FakeRemovableMedia;
  /** Milliseconds by which a test has advanced the monotonic clock. */
  var clockAheadMs: number;
}
globalThis.removableMedia = createFakeRemovableMedia();
globalThis.clockAheadMs = 0;

/** The real clock and the real sensor, sped up so that an hour takes minutes. */
function hurry(platform: Platform, speed: number): Pick<Platform, 'clock' | 'loadSensors'> {
  const { clock } = platform;
  // The sensor counts whole seconds, so keep the moment of the last movement to let time run smoothly between. Two answers
  // about one movement differ by up to a second, or by more when the machine halts before the clock is read. Sped up, the
  // agent would take that difference for a movement.
  let movedAtMs = Number.POSITIVE_INFINITY;
  const readSeconds = async (idle: IdlePort) => {
    const answer = await idle.readSeconds();
    if (!answer.ok) return answer;
    const nowMs = clock.monotonicMs();
    const atMs = nowMs - answer.value * 1000;
    movedAtMs = atMs >= movedAtMs + 1500 ? atMs : Math.min(movedAtMs, atMs);
    return succeed(Math.floor(((nowMs - movedAtMs) * speed) / 1000));
  };
  return {
    clock: {
      nowUtc: () => clock.nowUtc(),
      monotonicMs: () => clock.monotonicMs() * speed + globalThis.clockAheadMs,
      setTimer: (delayMs, fire) => clock.setTimer(delayMs / speed, fire),
    },
    loadSensors: async () => {
      const { idle, presence } = await platform.loadSensors();
      return { presence, idle: { ...idle, readSeconds: () => readSeconds(idle) } };
    },
  };
}

function ownLogind({ session, lock }: Platform): Pick<Platform, 'session' | 'lock'> {
  return {
    session,
    lock: {
      ...lock,
      lock: () => {
        asked('lock');
        return lock.lock();
      },
      lockAtOnce: () => {
        const answer = lock.lockAtOnce();
        asked(`lock-at-once ${answer.ok ? answer.value : answer.error.kind}`);
        return answer;
      },
    },
  };
}

let accountWasRefused = false;

async function readAccount(): ReturnType<Platform['account']['read']> {
  const { account, accountIsTold = 'at-once', groups, loginId } = readScript();
  if (accountIsTold === 'at-once') return succeed({ account, groups, loginId });
  if (accountIsTold === 'never' || (accountIsTold === 'late' && !accountWasRefused)) {
    accountWasRefused = true;
    return fail({ kind: 'unreadable', reason: 'the directory is busy' });
  }
  await wait(50);
  return readAccount();
}

const longTimerMs = 5 * 60_000;

/** The real clock, set to another day, with shortened long waits. */
function setClock({ clock }: Platform): Platform['clock'] {
  const { clockStartsAt = '', longTimersMs = Number.POSITIVE_INFINITY } = readScript();
  const startedAtMs = clock.monotonicMs();
  return {
    ...clock,
    nowUtc: () =>
      clockStartsAt === ''
        ? clock.nowUtc()
        : new Date(Date.parse(clockStartsAt) + clock.monotonicMs() - startedAtMs),
    setTimer: (delayMs, fire) =>
      clock.setTimer(delayMs >= longTimerMs ? Math.min(longTimersMs, delayMs) : delayMs, fire),
  };
}

const profileStore: Pick<Platform, 'loadSecretStore'> = {
  loadSecretStore: () => {
    const file = path.join(app.getPath('userData'), 'sealing-key');
    if (!existsSync(file)) writeFileSync(file, randomBytes(32));
    return Promise.resolve(createSealingStore(readFileSync(file)));
  },
};

await runAgent({
  adaptDesktop: (desktop) => ({
    ...desktop,
    endsSessionThroughWindow: readScript().endsSessionThroughWindow ?? desktop.endsSessionThroughWindow,
  }),
  adaptPlatform: (platform) => ({
    ...platform,
    desktop: {
      ...platform.desktop,
      fillsByFullScreen: readScript().fillsByFullScreen ?? platform.desktop.fillsByFullScreen,
    },
    removableMedia: () => Promise.resolve(globalThis.removableMedia),
    ...hurry({ ...platform, clock: setClock(platform) }, readScript().speed),
    account: {
      capability: () => ({ name: 'account', level: 'full', reason: '' }),
      read: readAccount,
    },
    session: {
      capability: () => ({ name: 'session', level: 'full', reason: '' }),
      signOut: () => {
        asked('sign-out');
        const answer = readScript().signOut;
        return Promise.resolve(
          answer === 'taken' ? succeed('requested') : fail({ kind: 'refused', reason: 'busy' }),
        );
      },
      readState: () => platform.session.readState(),
    },
    lock: {
      capability: () => ({ name: 'lock', level: 'full', reason: '' }),
      lock: () => {
        asked('lock');
        return Promise.resolve(succeed('confirmed'));
      },
      lockAtOnce: () => {
        asked('lock');
        return succeed('requested');
      },
    },
    ...(readScript().keyInProfile === true ? profileStore : {}),
    ...(readScript().realLogind ? ownLogind(platform) : {}),
  }),
});
