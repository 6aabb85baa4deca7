/** What the tray's menu says, as plain data. */

import { describeAnswer } from '../../shared/i18n/describe-answer.ts';
import { describeDevice, describeVerdict } from '../../shared/i18n/describe-device.ts';
import { formatCalendarDate, formatTimeOfDay } from '../../shared/i18n/format-date.ts';
import type { Translator } from '../../shared/i18n/translator.ts';
import type { Contact } from '../../shared/ipc/common.ts';
import type { IdleStatus, Status } from '../../shared/ipc/information.ts';
import type { Bilingual } from '../../shared/lib/language.ts';
import type { MediaAnswer } from '../../shared/wire/media.ts';
import type { PluggedIn } from '../services/media/warning-card.ts';

export interface TrayFacts {
  readonly status: Status;
  readonly contact: Contact;
  readonly demonstration: boolean;
  /** Removable media that are plugged in now. */
  readonly pluggedIn: readonly PluggedIn[];
  /** What the school has answered to requests for approval, newest first. */
  readonly mediaAnswers: readonly MediaAnswer[];
  /** Renewals that fall due soon. */
  readonly upcoming?: readonly { readonly title: Bilingual; readonly dueOn: string }[];
}

export interface TrayActions {
  showMediaWarning(): void;
  lockNow(): void;
  openAgreements(): void;
  openRecords(): void;
  reportProblem(): void;
  openAbout(): void;
  leaveDemonstration(): void;
}

export type TrayItem =
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'action'; readonly label: string; readonly run: () => void }
  | { readonly kind: 'submenu'; readonly label: string; readonly items: readonly TrayItem[] };

const separator: TrayItem = { kind: 'separator' };

/** A menu takes `&` for an access key, so each is doubled in labels. */
export function buildTrayMenu(
  translator: Translator,
  facts: TrayFacts,
  actions: TrayActions,
): readonly TrayItem[] {
  const { text } = translator;
  const contactLines = [
    facts.contact.name,
    facts.contact.phone,
    facts.contact.email,
    facts.contact.place,
  ].filter((line) => line !== '');
  return [
    { kind: 'text', label: statusLine(translator, facts.status) },
    ...idleLines(translator, facts.status.idle).map((label) => ({ kind: 'text' as const, label })),
    ...(facts.upcoming ?? []).map(({ title, dueOn }) => ({
      kind: 'text' as const,
      label: text('tray.renewal', {
        title: title[translator.language].replaceAll('&', '&&'),
        date: formatCalendarDate(dueOn, translator.language),
      }),
    })),
    separator,
    ...mediaItems(translator, facts, actions),
    { kind: 'action', label: text('tray.lockNow'), run: actions.lockNow },
    separator,
    { kind: 'action', label: text('tray.agreements'), run: actions.openAgreements },
    { kind: 'action', label: text('tray.records'), run: actions.openRecords },
    { kind: 'action', label: text('tray.reportProblem'), run: actions.reportProblem },
    {
      kind: 'submenu',
      label: text('tray.contact'),
      items: (contactLines.length === 0 ? [text('contact.none')] : contactLines).map((label) => ({
        kind: 'text',
        label: label.replaceAll('&', '&&'),
      })),
    },
    { kind: 'action', label: text('tray.about'), run: actions.openAbout },
    ...(facts.demonstration
      ? [
          separator,
          {
            kind: 'action' as const,
            label: text('tray.leaveDemonstration'),
            run: actions.leaveDemonstration,
          },
        ]
      : []),
  ];
}

const heldWords = {
  presentation: 'tray.idle.presentation',
  'full-screen': 'tray.idle.fullScreen',
  'display-required': 'tray.idle.displayRequired',
} as const;

/** Why the screen does not lock by itself now; empty where it would. Showing the minutes left would only nag. */
function idleLines({ text }: Translator, idle: IdleStatus): readonly string[] {
  if (idle.state === 'cannot-lock') return [text('tray.idle.cannotLock')];
  if (idle.state === 'cannot-tell') return [text('tray.idle.cannotTell')];
  if (idle.state !== 'held' || idle.heldBy === '') return [];
  return [text(heldWords[idle.heldBy], { time: formatTimeOfDay(idle.heldUntil) })];
}

/** A user does not read more than these in a menu. */
const mostAnswers = 5;
const mostReasonCharacters = 80;

/**
 * The plugged-in devices with their verdicts, and the school's answers. The user can also open the warning again from
 * here, by keyboard too.
 */
function mediaItems(
  translator: Translator,
  { pluggedIn, mediaAnswers }: TrayFacts,
  actions: TrayActions,
): readonly TrayItem[] {
  const hasProblem = pluggedIn.some(({ problems }) => problems.length > 0);
  const listed = pluggedIn.map(
    (device) => `${describeDevice(translator, device)} – ${describeVerdict(translator, device)}`,
  );
  const answered = mediaAnswers.slice(0, mostAnswers).map((answer) => {
    const { reason } = answer;
    const shortReason =
      reason.length <= mostReasonCharacters ? reason : `${reason.slice(0, mostReasonCharacters - 1)}…`;
    const told = describeAnswer(translator, answer, 'short');
    return `${describeDevice(translator, { ...answer.device, places: [] })} – ${told}${shortReason === '' ? '' : `: ${shortReason}`}`;
  });
  const items: readonly TrayItem[] = [
    ...listOf(translator.text('tray.pluggedIn'), listed),
    ...(hasProblem
      ? [
          {
            kind: 'action' as const,
            label: translator.text('tray.showWarning'),
            run: actions.showMediaWarning,
          },
        ]
      : []),
    ...listOf(translator.text('tray.mediaAnswers'), answered),
  ];
  return items.length === 0 ? [] : [...items, separator];
}

function listOf(label: string, lines: readonly string[]): readonly TrayItem[] {
  if (lines.length === 0) return [];
  const items = lines.map((line) => ({ kind: 'text' as const, label: line.replaceAll('&', '&&') }));
  return [{ kind: 'submenu', label, items }];
}

export function statusLine({ text }: Translator, status: Status): string {
  if (status.gate === 'waiting-for-person') return text('tray.status.gateWaiting');
  return status.collector === 'not-reached' || status.collector === 'not-enrolled'
    ? text('tray.status.notConnected')
    : text('tray.status.running');
}
