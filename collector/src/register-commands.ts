/** `collector -- register …`: the device register from the command line. */
import { z } from 'zod';
import { maxReasonCharacters, usbIdSchema } from '../../shared/wire/media.ts';
import { CollectorError, UsageError } from './collector-error.ts';
import type {
  AddProblem,
  ApproveProblem,
  MediaRegisterRepository,
  RegisterRecord,
} from './repositories/media-register.ts';

export const registerHelp = `  npm run collector -- register list --data DIR
  npm run collector -- register add --vendor 0781 --product 5567 [--serial S] --label TEXT
                       [--issued-to NAME] [--until YYYY-MM-DD] --data DIR
      Approves a memory stick; without --serial every stick of that model.
  npm run collector -- register return ID --data DIR
      The stick was handed back: no longer approved, and the record stays.
  npm run collector -- register remove ID --data DIR
      Takes an entry out that was made by mistake.
  npm run collector -- register requests --data DIR
  npm run collector -- register approve REQUEST [--label TEXT] [--issued-to NAME] [--until YYYY-MM-DD]
                       [--whole-model] [--by NAME] --data DIR
  npm run collector -- register refuse REQUEST [--reason TEXT] [--by NAME] --data DIR
      What people asked to have approved, and the answer to it. Who asked is told it, with the reason and
      your name where you give them.
`;

export interface RegisterOptions {
  readonly vendor?: string | undefined;
  readonly product?: string | undefined;
  readonly serial?: string | undefined;
  readonly label?: string | undefined;
  readonly issuedTo: string | undefined;
  /** The last day, as `YYYY-MM-DD`. */
  readonly until?: string | undefined;
  readonly wholeModel: boolean;
  readonly reason?: string | undefined;
  /** Name of the technician who answers. */
  readonly by?: string | undefined;
}

export const registerVerbs = ['list', 'add', 'return', 'remove', 'requests', 'approve', 'refuse'] as const;
export type RegisterVerb = (typeof registerVerbs)[number];

const mostRequests = 500;

const refusals: Readonly<Record<ApproveProblem | AddProblem, string>> = {
  'already-there': 'This device, or its whole model, is approved already. See: register list',
  'weak-serial':
    'Many devices carry a serial number like this one, so it cannot single one out. Approve the whole model: ' +
    'leave --serial out, or add --whole-model.',
  'too-long': 'A label or a serial number has at most 256 characters.',
  full: 'The register is full. Take out what is no longer needed. See: register list',
  'no-such-request': 'There is no open request with that id. See: register requests',
  'no-model':
    'This device has no vendor and product number by which a PC would know it again; it cannot be approved.',
};

function readText(name: string, value: string | undefined, maximum: number): string {
  const text = (value ?? '').trim();
  if (text.length > maximum) throw new UsageError(`--${name} takes at most ${maximum} characters.`);
  return text;
}

const mostNameCharacters = 200;

function readUsbId(name: string, value: string | undefined): string {
  // Tools print these numbers in three forms: 781, 0781 and 0x0781.
  const digits = (value ?? '').toLowerCase().replace(/^0x/u, '').padStart(4, '0');
  const read = usbIdSchema.safeParse(digits);
  if (value === '' || !read.success) {
    throw new UsageError(`--${name} takes 4 hexadecimal digits, such as 0781.`);
  }
  return read.data;
}

/** The last second of the day in UTC: in summer an hour more at the school, never less. */
function readUntil(value: string | undefined, nowText: string): string | undefined {
  if (value === undefined) return undefined;
  if (!z.iso.date().safeParse(value).success) {
    throw new UsageError('--until takes a day, such as 2027-07-31.');
  }
  const lastSecond = `${value}T23:59:59Z`;
  if (Date.parse(lastSecond) < Date.parse(nowText)) {
    throw new UsageError(`--until takes a day that is not over; ${value} is, and nothing would be approved.`);
  }
  return lastSecond;
}

function describe(entry: RegisterRecord, nowText: string): string {
  const state =
    entry.returnedAt !== undefined
      ? `returned ${entry.returnedAt}`
      : entry.expiresAt === undefined
        ? 'approved'
        : entry.expiresAt > nowText
          ? `approved until ${entry.expiresAt}`
          : `expired ${entry.expiresAt}`;
  const issued = entry.issuedTo === '' ? '' : `  issued to ${entry.issuedTo} ${entry.issuedAt ?? ''}`;
  const serial = entry.serial ?? 'whole model';
  return `${entry.entryId}  ${entry.vendorId}:${entry.productId}  ${serial}  ${state}  ${entry.label}${issued}`;
}

function describeRequest(
  request: Awaited<ReturnType<MediaRegisterRepository['listRequests']>>[number],
): string {
  const ids = `${request.vendorId}:${request.productId}  ${request.serial === '' ? 'no serial' : request.serial}`;
  return (
    `${request.eventId}  ${request.requestedAt}  ${request.decision}  ${request.account} on ${request.hostname}  ` +
    `${request.deviceName}  ${ids}  ${request.encryption}  ${JSON.stringify(request.reason)}`
  );
}

interface Output {
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly now: () => Date;
}

/** Throws CollectorError with a sentence for the technician. `warn` writes for a person, `say` also for a script. */
export async function runRegisterCommand(
  verb: RegisterVerb,
  id: string,
  options: RegisterOptions,
  repository: MediaRegisterRepository,
  output: Output,
): Promise<void> {
  const { say, warn } = output;
  const nowText = output.now().toISOString();
  switch (verb) {
    case 'list': {
      const entries = await repository.list();
      if (entries.length === 0) warn('The register is empty. Add a memory stick with: register add');
      for (const entry of entries) say(describe(entry, nowText));
      return;
    }
    case 'add': {
      const missing = (['vendor', 'product', 'label'] as const).filter(
        (name) => (options[name] ?? '') === '',
      );
      if (missing.length > 0) {
        const list = missing.map((name) => `--${name}`).join(' and ');
        throw new UsageError(
          `${list} ${missing.length === 1 ? 'is' : 'are'} missing, for example: register add --vendor 0781 --product 5567 --label "Office 3".`,
        );
      }
      const added = await repository.add({
        vendorId: readUsbId('vendor', options.vendor),
        productId: readUsbId('product', options.product),
        serial: options.serial,
        label: options.label ?? '',
        issuedTo: options.issuedTo ?? '',
        expiresAt: readUntil(options.until, nowText),
      });
      if (!added.ok) throw new CollectorError(refusals[added.error]);
      say(describe(added.value, nowText));
      return;
    }
    case 'return':
      if (!(await repository.markReturned(id))) {
        throw new CollectorError(`There is no entry ${id} that is out. See: register list`);
      }
      warn(`Entry ${id} is handed back and no longer approved.`);
      return;
    case 'remove':
      if (!(await repository.remove(id))) {
        throw new CollectorError(`There is no entry ${id}. See: register list`);
      }
      warn(`Entry ${id} is removed.`);
      return;
    case 'requests': {
      const requests = await repository.listRequests(mostRequests);
      if (requests.length === 0) warn('Nobody has asked for approval yet.');
      for (const request of requests) say(describeRequest(request));
      return;
    }
    case 'approve':
      return approveRequest(id, options, repository, output);
    case 'refuse':
      if (
        !(await repository.refuse(id, {
          decidedBy: readText('by', options.by, mostNameCharacters),
          reason: readText('reason', options.reason, maxReasonCharacters),
        }))
      ) {
        throw new CollectorError(refusals['no-such-request']);
      }
      warn(`Request ${id} is refused.`);
      return;
  }
}

async function approveRequest(
  id: string,
  options: RegisterOptions,
  repository: MediaRegisterRepository,
  { say, warn, now }: Output,
): Promise<void> {
  const nowText = now().toISOString();
  const request = (await repository.listRequests(mostRequests)).find(({ eventId }) => eventId === id);
  const approved = await repository.approve(id, {
    label: options.label ?? request?.deviceName ?? '',
    issuedTo: options.issuedTo ?? '',
    expiresAt: readUntil(options.until, nowText),
    wholeModel: options.wholeModel,
    decidedBy: readText('by', options.by, mostNameCharacters),
  });
  if (!approved.ok && approved.error === 'already-there') {
    warn(`Request ${id} is approved: the device was on the register already. See: register list`);
    return;
  }
  if (!approved.ok) throw new CollectorError(refusals[approved.error]);
  say(describe(approved.value, nowText));
}
