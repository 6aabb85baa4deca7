/** Notices changes of the drive letters, and of the media in drives that can be empty. */
import type { Clock } from '../time/clock.ts';
import type { UsbPort } from '../usb/usb-port.ts';
import { createDriveQuestion } from './drive-question.ts';
import type { DriveTurns } from './drive-turns.ts';
import { driveTypes, type Storage } from './storage.win32.ts';

const pollMs = 2000;
/** The interval after a USB device has come or gone, until Windows has given its drives their letters. */
const closeLookMs = 150;
const closeLooks = 40;
/** A drive that does not say by then whether it is empty counts as it did before. */
const presenceDeadlineMs = 1000;

interface WatchOptions {
  readonly clock: Clock;
  readonly usb: UsbPort;
  readonly turns: DriveTurns;
  readonly storage: Storage;
  readonly changed: () => void;
  /** The time from the last hint to the next, whatever the letters say; undefined where none follows. */
  readonly listAgainMs: () => number | undefined;
}

export async function watchLetters(options: WatchOptions): Promise<() => Promise<void>> {
  const { clock } = options;
  const describeLetters = createLetterQuestion(options);
  let stopped = false;
  let isLooking = false;
  let looksLeft = 0;
  let before = await describeLetters();
  let lastHintMs = clock.monotonicMs();
  let callOff: () => void = () => undefined;

  const changed = () => {
    lastHintMs = clock.monotonicMs();
    options.changed();
  };
  const lookLater = () => {
    callOff();
    callOff = clock.setTimer(looksLeft > 0 ? closeLookMs : pollMs, () => void look());
  };
  const look = async () => {
    if (stopped || isLooking) return;
    isLooking = true;
    const now = await describeLetters();
    isLooking = false;
    if (stopped) return;
    const isDue = clock.monotonicMs() - lastHintMs >= (options.listAgainMs() ?? Number.POSITIVE_INFINITY);
    if (now !== before || isDue) changed();
    before = now;
    looksLeft = Math.max(0, looksLeft - 1);
    lookLater();
  };
  const lookClosely = () => {
    if (stopped) return;
    looksLeft = closeLooks;
    changed();
    // A look that waits for a drive goes on by itself.
    if (!isLooking) {
      callOff();
      void look();
    }
  };
  // Without USB, only the letters show changes. The port's own capability reports that it cannot watch.
  const usbWatch = await options.usb.watch({ onArrived: lookClosely, onDeparted: lookClosely });
  // A device may have come while the port was asked, and that look sets its own timer.
  if (!isLooking) lookLater();
  return async () => {
    stopped = true;
    callOff();
    if (usbWatch.ok) await usbWatch.value();
  };
}

/** The letters, and whether there is a medium in those drives that can be empty. Never rejects. */
function createLetterQuestion({ clock, turns, storage }: WatchOptions): () => Promise<string> {
  const presence = createDriveQuestion({
    clock,
    turns,
    deadlineMs: presenceDeadlineMs,
    work: async (letter) => {
      const type = await storage.driveType(letter);
      if (type !== driveTypes.removable && type !== driveTypes.disc) return '';
      return (await storage.hasMedium(letter)) ? '+' : '-';
    },
    // The next look finds it.
    onLateAnswer: () => {},
  });
  let last = '';
  return async () => {
    try {
      const letters = storage.listLetters();
      presence.keepOnly(new Set(letters));
      const described = await Promise.all(
        letters.map(async (letter) => {
          const answer = await presence.ask(letter);
          return letter + (answer.kind === 'answered' ? answer.answer : (answer.last ?? '?'));
        }),
      );
      last = described.join('');
    } catch {
      // The letters of the last look stay; the list reports why Windows cannot be asked.
    }
    return last;
  };
}
