/**
 * The deep self-check: goes through every adapter on a real PC, and with the person's consent also through what changes
 * something for a moment. What it saw is the evidence for `docs/windows.md`.
 */
import type { Drive } from '../../../shared/device/drive.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type {
  DeepAnswer,
  DeepOutcome,
  DeepQuestionName,
  DeepStep,
} from '../../../shared/self-check/deep-report.ts';
import type { Platform } from '../../platform/create-platform.ts';
import type { RemovableMedia } from '../../platform/removable-media.ts';
import { createAsker, describeFailure } from './ask.ts';

/** `none`: this system has nothing to ask. */
interface Problem {
  readonly kind?: string;
  readonly reason: string;
}

/** What was seen while a window of the kind that the gate uses covered every display for five seconds. */
export interface CoverTrial {
  readonly name: Extract<DeepQuestionName, 'cover' | 'keyboard' | 'virtual-desktop'>;
  readonly seen: Result<string, Problem>;
}

/** The person at this PC, and what only a program with windows can try. */
export interface DeepDesk {
  /** Asks for one step. False where the person does not agree, or does not answer. */
  agrees(step: DeepStep): Promise<boolean>;
  /** Resolves when the windows are gone. Never rejects. */
  tryCover(): Promise<readonly CoverTrial[]>;
}

/** A text that an earlier run gave to the secret store. */
interface SealedText {
  read(): Promise<string | undefined>;
  write(sealed: string): Promise<void>;
}

interface Options {
  readonly platform: Platform;
  readonly desk: DeepDesk;
  readonly sealed: SealedText;
  /** The folder in which the agent of this account keeps what is its own. */
  readonly ownFolder: string;
  /** Takes out of a text what is personal. */
  readonly hide: (text: string) => string;
}

/** A person needs this long to find a stick. */
const stickDeadlineMs = 120_000;
const probe = 'deep self-check';
const longestText = 300;

/** Never rejects. Asks one question after the other, so that the times are those of the calls alone. */
export async function runDeepCheck(options: Options): Promise<readonly DeepAnswer[]> {
  const { platform, desk } = options;
  const { clock } = platform;
  const asker = createAsker(clock, () => undefined);
  const answers: DeepAnswer[] = [];
  const note = (name: DeepQuestionName, outcome: DeepOutcome, ms: number, seen: string): void => {
    answers.push({ name, outcome, ms: Math.round(ms), seen: options.hide(seen).slice(0, longestText) });
  };
  const asked = async <Value>(
    name: DeepQuestionName,
    question: () => Promise<Result<Value, Problem>>,
    describe: (value: Value) => string,
    ask: typeof asker.ask = asker.ask,
  ): Promise<Value | undefined> => {
    const before = clock.monotonicMs();
    const answer = await ask(question);
    const ms = clock.monotonicMs() - before;
    if (!answer.ok) note(name, 'no-answer', ms, answer.error);
    else if (answer.value.ok) note(name, 'answered', ms, describe(answer.value.value));
    else {
      const { kind, reason } = answer.value.error;
      note(name, kind === 'none' ? 'not-here' : 'no-answer', ms, reason);
    }
    return answer.ok && answer.value.ok ? answer.value.value : undefined;
  };
  const skip = (...names: readonly DeepQuestionName[]): void => {
    for (const name of names) note(name, 'skipped', 0, '');
  };

  await askLogin(platform, asked);
  await askSensors(platform, asked);
  const media = await asker.ask(() => platform.removableMedia());
  if (media.ok) await askDrives(media.value, asked);
  await askSecrets(options, asked);
  await askOwnFolder(options, asked);
  if (media.ok && (await desk.agrees('stick-in'))) {
    const stick = await asked(
      'stick-in',
      () => waitForStick(media.value, clock),
      describeDrive,
      askPatiently,
    );
    if (stick !== undefined && (await desk.agrees('stick-out'))) {
      await asked('stick-out', () => media.value.eject.eject(stick), String, askPatiently);
    } else skip('stick-out');
  } else skip('stick-in', 'stick-out');
  if (await desk.agrees('cover')) {
    const before = clock.monotonicMs();
    const trials = await desk.tryCover();
    const ms = clock.monotonicMs() - before;
    for (const { name, seen } of trials) {
      if (seen.ok) note(name, 'answered', ms, seen.value);
      else note(name, seen.error.kind === 'none' ? 'not-here' : 'no-answer', ms, seen.error.reason);
    }
  } else skip('cover', 'keyboard', 'virtual-desktop');
  // Last, because behind a locked screen other parts answer less.
  if (await desk.agrees('lock')) await asked('lock', () => platform.lock.lock(), String, askPatiently);
  else skip('lock');
  return answers;
}

type Asked = <Value>(
  name: DeepQuestionName,
  question: () => Promise<Result<Value, Problem>>,
  describe: (value: Value) => string,
) => Promise<Value | undefined>;

async function askLogin(
  { managedConfig, account, machine, session, desktopHold }: Platform,
  asked: Asked,
): Promise<void> {
  await asked(
    'managed-config',
    async () => succeed((await managedConfig.read()).kind),
    (kind) => kind,
  );
  await asked(
    'account',
    () => account.read(),
    ({ groups, signedInAt }) =>
      `groups: ${groups.length}; logon time: ${signedInAt === undefined ? 'unknown' : 'known'}`,
  );
  await asked(
    'machine',
    () => machine.read(),
    ({ os }) => os,
  );
  await asked(
    'session',
    () => session.readState(),
    ({ inFront, locked }) => `${inFront ? 'in front' : 'behind another'}, ${locked ? 'locked' : 'open'}`,
  );
  await asked(
    'desktop-hold',
    async () => {
      const released = await desktopHold.release();
      return released.ok ? succeed('released') : fail({ reason: released.error });
    },
    (seen) => seen,
  );
}

async function askSensors({ loadSensors }: Platform, asked: Asked): Promise<void> {
  const seconds = (value: number | undefined) => (value === undefined ? 'none' : `${value} s`);
  await asked('idle', async () => (await loadSensors()).idle.readSeconds(), seconds);
  await asked('system-limit', async () => (await loadSensors()).idle.readSystemLimit(), seconds);
  await asked(
    'game-controllers',
    async () => succeed((await (await loadSensors()).idle.findGameControllers()).length),
    String,
  );
  await asked(
    'presence',
    async () => (await loadSensors()).presence.read(),
    (found) => found.map(({ kind }) => kind).join(', '),
  );
}

async function askDrives({ usb, volumes, antiVirus }: RemovableMedia, asked: Asked): Promise<void> {
  await asked(
    'usb',
    () => usb.list(),
    (devices) => `devices: ${devices.length}`,
  );
  await asked(
    'volumes',
    () => volumes.list(),
    (drives) => drives.map(describeDrive).join('; '),
  );
  await asked(
    'anti-virus',
    () => Promise.resolve(succeed(antiVirus.capability())),
    ({ level, reason }) => `${level} ${reason}`.trim(),
  );
}

async function askSecrets({ platform, sealed }: Options, asked: Asked): Promise<void> {
  const before = await sealed.read();
  await asked(
    'secret-store',
    async () => {
      const store = await platform.loadSecretStore();
      const kept = await store.protect(probe);
      if ((await store.unprotect(kept)).secret !== probe)
        return fail({ reason: 'it did not return what it was given' });
      await sealed.write(kept);
      return succeed(store.backend());
    },
    (backend) => backend,
  );
  await asked(
    'sealed-text',
    async () => {
      if (before === undefined)
        return fail({ kind: 'none', reason: 'no earlier run has sealed a text here' });
      const store = await platform.loadSecretStore();
      return (await store.unprotect(before)).secret === probe
        ? succeed('the text of the earlier run opens')
        : fail({ reason: 'the text of the earlier run came back changed' });
    },
    (seen) => seen,
  );
}

async function askOwnFolder({ platform, ownFolder }: Options, asked: Asked): Promise<void> {
  // Its path names the user, so only its kind is said.
  const place = /^[\\/]{2}/u.test(ownFolder) ? 'on a share' : 'not on a share';
  await asked(
    'own-folder',
    async () => {
      const others = await platform.folderRights.listOthers(ownFolder);
      return others.ok ? succeed(others.value.length) : fail({ reason: others.error });
    },
    (others) => `${place}; others who may read it: ${others}`,
  );
}

/** For questions that keep a longer deadline of their own. */
async function askPatiently<Value>(question: () => Value | Promise<Value>): Promise<Result<Value, string>> {
  try {
    return succeed(await question());
  } catch (error) {
    return fail(describeFailure(error));
  }
}

/** The first drive with removable media that was not there before. */
async function waitForStick(
  { volumes }: RemovableMedia,
  clock: Platform['clock'],
): Promise<Result<Drive, Problem>> {
  const listed = await volumes.list();
  if (!listed.ok) return listed;
  const known = new Set(listed.value.map(({ key }) => key));
  const find = async (): Promise<Drive | undefined> => {
    const now = await volumes.list();
    return now.ok ? now.value.find(({ key, hasMedium }) => hasMedium && !known.has(key)) : undefined;
  };
  return new Promise((resolve) => {
    let end: (() => Promise<void>) | undefined;
    const finish = (result: Result<Drive, Problem>): void => {
      stopTimer();
      void end?.();
      resolve(result);
    };
    const stopTimer = clock.setTimer(stickDeadlineMs, () =>
      finish(fail({ reason: `no new drive within ${stickDeadlineMs} ms` })),
    );
    const look = (): void => {
      void find().then((stick) => {
        if (stick !== undefined) finish(succeed(stick));
      });
    };
    void volumes.watch(look).then((watching) => {
      if (watching.ok) end = watching.value;
      else finish(watching);
      look();
    });
  });
}

function describeDrive({ bus, kind, volumes }: Drive): string {
  const inside = volumes.map(({ role, fileSystem, encryption, probe: { name, found } }) =>
    [role, fileSystem, encryption, `${name} ${found}`.trim()].filter((part) => part !== '').join(' '),
  );
  return [bus, kind, ...inside].join(', ');
}
