/**
 * Lists the drives of a Windows PC. Each drive is asked by itself and within a deadline, so that one that does not answer
 * keeps no other from being listed.
 */
import type { Drive } from '../../../shared/device/drive.ts';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import type { Clock } from '../time/clock.ts';
import { describeWindowsDrive, type WindowsDrive, type WindowsVolume } from './describe-windows-drive.ts';
import { createDriveQuestion, type DriveAnswer, type DriveQuestion } from './drive-question.ts';
import type { DriveTurns } from './drive-turns.ts';
import { bootSectorBytes } from './parse-boot-sector.ts';
import { parseLocationPath, parseUsbInstanceId } from './parse-storage-device.ts';
import { type DeviceNode, driveTypes, pulledAtAnyTime, type Storage } from './storage.win32.ts';

/** Together less than the five seconds of the port. */
const interfacesDeadlineMs = 1500;
const driveDeadlineMs = 3000;

interface ListedDrives {
  readonly drives: readonly Drive[];
  /** Why some drives may be missing; empty where none is. */
  readonly shortfall: string;
}

export interface DriveLister {
  /** Fails where Windows does not say which drives there are. */
  list(): Promise<Result<ListedDrives, string>>;
}

interface Options {
  readonly clock: Clock;
  readonly turns: DriveTurns;
  readonly storage: Storage;
  readonly readBitLocker: (letter: string) => Promise<number | undefined>;
  /** The drive letter from which Windows runs, `C`. */
  readonly systemLetter: string;
  /** A drive has answered that did not do so in time: a new list tells of it. */
  readonly onLateAnswer: () => void;
}

interface ExaminedDisk extends Pick<WindowsDrive, 'usb' | 'usbService' | 'isPulledAtAnyTime'> {
  readonly answer: NonNullable<Awaited<ReturnType<Storage['describeDevice']>>>;
}

interface ExaminedLetter {
  readonly type: number;
  readonly answer: Awaited<ReturnType<Storage['describeDevice']>>;
  readonly volume: WindowsVolume;
}

type InterfaceKind = 'disk' | 'disc';
const interfaceKinds: readonly InterfaceKind[] = ['disk', 'disc'];

export function createDriveLister(options: Options): DriveLister {
  const { clock, turns, storage, readBitLocker, systemLetter, onLateAnswer } = options;
  const common = { clock, turns, onLateAnswer };
  const interfaces = createDriveQuestion({
    ...common,
    deadlineMs: interfacesDeadlineMs,
    work: (kind) => storage.devices.listInterfaces(kind === 'disc' ? 'disc' : 'disk'),
  });
  const disks = createDriveQuestion({
    ...common,
    deadlineMs: driveDeadlineMs,
    work: (path) => examineDisk(storage, path),
  });
  const letters = createDriveQuestion({
    ...common,
    deadlineMs: driveDeadlineMs,
    work: (letter) => examineLetter(storage, readBitLocker, letter),
  });

  return {
    list: async () => {
      const present = await Promise.all(
        interfaceKinds.map(async (kind) => {
          const answer = latest(await interfaces.ask(kind));
          return answer?.map((path) => ({ kind, path }));
        }),
      );
      const paths = present.flatMap((found) => found ?? []);
      if (present.includes(undefined)) return fail('Windows did not say in time which drives there are');
      const lettersNow = storage.listLetters();
      disks.keepOnly(new Set(paths.map(({ path }) => path)));
      letters.keepOnly(new Set(lettersNow));
      const [foundDisks, foundLetters] = await Promise.all([
        Promise.all(paths.map(async (one) => ({ ...one, answer: await disks.ask(one.path) }))),
        Promise.all(lettersNow.map(async (letter) => ({ letter, answer: await letters.ask(letter) }))),
      ]);
      const drives = joinDrives(foundDisks, foundLetters);
      return succeed({
        drives: drives.map((drive) => describeWindowsDrive(drive, systemLetter)),
        shortfall: describeShortfall(paths.length, disks, letters),
      });
    },
  };
}

function latest<Answer>(answer: DriveAnswer<Answer>): Answer | undefined {
  return answer.kind === 'answered' ? answer.answer : answer.last;
}

function describeShortfall(
  pathCount: number,
  disks: DriveQuestion<unknown>,
  letters: DriveQuestion<unknown>,
): string {
  const silentLetters = letters.silent().toSorted();
  if (silentLetters.length > 0) {
    const names = silentLetters.map((letter) => `${letter}:`).join(', ');
    return silentLetters.length === 1 ? `drive ${names} does not answer` : `drives ${names} do not answer`;
  }
  if (disks.silent().length > 0) return 'a drive does not answer';
  return pathCount === 0 ? 'Windows lists no drives by device; only those with a letter are seen' : '';
}

interface FoundDrive extends Omit<WindowsDrive, 'volumes'> {
  readonly volumes: WindowsVolume[];
}

function joinDrives(
  disks: readonly {
    readonly kind: InterfaceKind;
    readonly path: string;
    readonly answer: DriveAnswer<ExaminedDisk | undefined>;
  }[],
  letters: readonly {
    readonly letter: string;
    readonly answer: DriveAnswer<ExaminedLetter | undefined>;
  }[],
): readonly FoundDrive[] {
  const found = new Map<string, FoundDrive>();
  let isIncomplete = false;
  for (const { kind, path, answer } of disks) {
    const disk = latest(answer);
    isIncomplete ||= disk === undefined && answer.kind === 'silent';
    if (disk === undefined) continue;
    const { number, device, sizeBytes, hasMedium } = disk.answer;
    const { usb, usbService, isPulledAtAnyTime } = disk;
    const key = keyOf(kind, number?.deviceNumber, path);
    const facts = { usb, usbService, isPulledAtAnyTime, device, sizeBytes, hasMedium };
    found.set(key, { key, kind: kind === 'disc' ? 'optical' : 'disk', ...facts, volumes: [] });
  }
  for (const { letter, answer } of letters) {
    const examined = latest(answer);
    if (examined === undefined) continue;
    const { key, kind } = placeOf(letter, examined);
    // What the drive behind a letter said before says nothing about another drive that may have the letter now. And a
    // letter alone does not say to which device it belongs: wait until its device has answered.
    const isDoubtful = answer.kind === 'silent' ? disks.length > 0 : isIncomplete && kind !== 'floppy';
    if (!found.has(key) && isDoubtful) continue;
    const drive = found.get(key) ?? describeByLetter(key, kind, examined);
    drive.volumes.push(examined.volume);
    found.set(key, drive);
  }
  return [...found.values()];
}

function placeOf(
  letter: string,
  { type, answer }: ExaminedLetter,
): { readonly key: string; readonly kind: FoundDrive['kind'] } {
  if (type === driveTypes.disc) {
    return { key: keyOf('disc', answer?.number?.deviceNumber, letter), kind: 'optical' };
  }
  // Floppy disk drives have their own numbering: by number alone, the first would be the first hard disk.
  if (isFloppy(letter, type)) return { key: `floppy ${letter}`, kind: 'floppy' };
  return { key: keyOf('disk', answer?.number?.deviceNumber, letter), kind: 'disk' };
}

function describeByLetter(
  key: string,
  kind: FoundDrive['kind'],
  { answer, volume }: ExaminedLetter,
): FoundDrive {
  return {
    key,
    kind,
    device: answer?.device,
    usb: undefined,
    usbService: '',
    isPulledAtAnyTime: false,
    sizeBytes: answer?.sizeBytes ?? volume.sizeBytes,
    hasMedium: answer?.hasMedium === true || volume.fileSystem !== '',
    volumes: [],
  };
}

function keyOf(kind: InterfaceKind, deviceNumber: number | undefined, otherwise: string): string {
  return deviceNumber === undefined ? `${kind} ${otherwise}` : `${kind} ${deviceNumber}`;
}

/** Windows keeps A and B for floppy disk drives. */
function isFloppy(letter: string, type: number): boolean {
  return type === driveTypes.removable && (letter === 'A' || letter === 'B');
}

async function examineDisk(storage: Storage, path: string): Promise<ExaminedDisk | undefined> {
  const answer = await storage.describeDevice(path);
  if (answer === undefined) return undefined;
  const device = await storage.devices.findDevice(path);
  const policy = device === undefined ? 0 : await storage.devices.readDefaultRemovalPolicy(device);
  return { answer, ...(await findUsb(storage, device)), isPulledAtAnyTime: policy === pulledAtAnyTime };
}

/** Undefined for network drives, which belong to no device, and for kinds that Windows does not know. */
async function examineLetter(
  storage: Storage,
  readBitLocker: Options['readBitLocker'],
  letter: string,
): Promise<ExaminedLetter | undefined> {
  const type = await storage.driveType(letter);
  if (type !== driveTypes.removable && type !== driveTypes.fixed && type !== driveTypes.disc)
    return undefined;
  const answer = await storage.describeDevice(`\\\\.\\${letter}:`);
  const names = await storage.readVolumeNames(letter);
  const fileSystem = names?.fileSystem ?? '';
  const sizeBytes = await storage.readVolumeSize(letter);
  const beginning = fileSystem === '' ? await storage.readBeginning(letter, bootSectorBytes) : undefined;
  // Last: on some PCs only the main thread can ask for it, and a drive that has answered so far does not hold it up.
  const bitLockerProtection = await readBitLocker(letter);
  return {
    type,
    answer,
    volume: {
      letter,
      label: names?.label ?? '',
      fileSystem,
      sizeBytes,
      bitLockerProtection,
      beginning: beginning ?? Buffer.alloc(0),
    },
  };
}

const maximumDepth = 12;

/** The USB device above a drive in the device tree. */
export async function findUsbNode(
  storage: Storage,
  device: DeviceNode | undefined,
): Promise<DeviceNode | undefined> {
  let at = device;
  for (let depth = 0; at !== undefined && depth < maximumDepth; depth += 1) {
    if (parseUsbInstanceId(at.instanceId) !== undefined) return at;
    at = await storage.devices.parentOf(at);
  }
  return undefined;
}

async function findUsb(
  storage: Storage,
  device: DeviceNode | undefined,
): Promise<Pick<WindowsDrive, 'usb' | 'usbService'>> {
  const node = await findUsbNode(storage, device);
  const identity = node === undefined ? undefined : parseUsbInstanceId(node.instanceId);
  if (node === undefined || identity === undefined) return { usb: undefined, usbService: '' };
  const port = (await storage.devices.readLocationPaths(node))
    .map(parseLocationPath)
    .find((place) => place !== '');
  return { usb: { ...identity, port: port ?? '' }, usbService: await storage.devices.readService(node) };
}
