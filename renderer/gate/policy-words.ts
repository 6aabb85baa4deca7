/** The words around a text that a school calls rules, and those around a text for young pupils. */
import type { CountedKey, PlainKey } from '../../shared/i18n/strings.ts';
import type { Translator } from '../../shared/i18n/translator.ts';
import type { Wording } from '../../shared/policy/reading.ts';

const rulesWords = {
  'gate.reason.first': 'gate.reason.first.rules',
  'gate.reason.material': 'gate.reason.material.rules',
  'gate.reason.renewal': 'gate.reason.renewal.rules',
  'gate.reason.everyLogin': 'gate.reason.everyLogin.rules',
  'gate.short.again': 'gate.short.again.rules',
  'gate.text': 'gate.text.rules',
  'gate.check.policy': 'gate.check.policy.rules',
  'gate.check.back': 'gate.check.back.rules',
  'gate.accepted.body': 'gate.accepted.body.rules',
} as const satisfies Partial<Record<PlainKey, PlainKey>>;

/** A six-year-old neither accepts nor confirms, and has no full name. */
const youngWords = {
  ...rulesWords,
  'gate.position': 'gate.position.young',
  'gate.version': 'gate.version.young',
  'gate.skip': 'gate.skip.young',
  'gate.statementsHint': 'gate.statementsHint.young',
  'gate.statementsHint.optional': 'gate.statementsHint.optional.young',
  'gate.fullName': 'gate.fullName.young',
  'gate.accept': 'gate.accept.young',
  'gate.decline': 'gate.decline.young',
  'gate.acceptHint': 'gate.acceptHint.young',
  'gate.error.fullName': 'gate.error.fullName.young',
  'gate.check.title': 'gate.check.title.young',
  'gate.check.intro': 'gate.check.intro.young',
  'gate.check.statement': 'gate.check.statement.young',
  'gate.check.agreedBoth': 'gate.check.agreedBoth.young',
  'gate.check.agreedSome': 'gate.check.agreedSome.young',
  'gate.check.also': 'gate.check.also.young',
  'gate.check.confirm': 'gate.check.confirm.young',
  'gate.recording.status': 'gate.recording.status.young',
  'gate.accepted.title': 'gate.accepted.title.young',
  'gate.accepted.body': 'gate.accepted.body.young',
  'gate.declineDialog.signOut': 'gate.declineDialog.signOut.young',
  'gate.declineDialog.lock': 'gate.declineDialog.lock.young',
  'gate.declineDialog.nothing': 'gate.declineDialog.nothing.young',
  'gate.declineDialog.confirmSignOut': 'gate.declineDialog.confirmSignOut.young',
  'gate.declineDialog.confirmLock': 'gate.declineDialog.confirmLock.young',
  'gate.declineDialog.confirmNothing': 'gate.declineDialog.confirmNothing.young',
  'gate.countdown.title': 'gate.countdown.title.young',
  'gate.helpDialog.intro': 'gate.helpDialog.intro.young',
  'gate.helpDialog.leaveNote': 'gate.helpDialog.leaveNote.young',
  'gate.notice.declinedStay': 'gate.notice.declinedStay.young',
  'gate.notice.declinedStayBody': 'gate.notice.declinedStayBody.young',
} as const satisfies Partial<Record<PlainKey, PlainKey>>;

const youngCounts = {
  'gate.length.statements': 'gate.length.statements.young',
  'gate.error.title': 'gate.error.title.young',
  'gate.error.statements': 'gate.error.statements.young',
  'gate.check.agreedAll': 'gate.check.agreedAll.young',
  'gate.accepted.remaining': 'gate.accepted.remaining.young',
} as const satisfies Partial<Record<CountedKey, CountedKey>>;

interface Words {
  readonly plain: Partial<Readonly<Record<PlainKey, PlainKey>>>;
  readonly counted: Partial<Readonly<Record<CountedKey, CountedKey>>>;
}

const words: Readonly<Record<Wording, Words>> = {
  policy: { plain: {}, counted: {} },
  rules: { plain: rulesWords, counted: {} },
  young: { plain: youngWords, counted: youngCounts },
};

/** The translator with the words of this wording; the words of *policy* where it has none of its own. */
export function withWording(translator: Translator, wording: Wording): Translator {
  const { plain, counted } = words[wording];
  return {
    ...translator,
    text: (key, values) => translator.text(plain[key] ?? key, values),
    counted: (key, count, values) => translator.counted(counted[key] ?? key, count, values),
  };
}
