/** States of the gate for tests: a school, a user and the policies that are shipped. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../../../build/runtime/paths.ts';
import type { HandlersOf } from '../../../shared/ipc/contract.ts';
import type { GateContract, GateScreen, GateState, ShownPolicy } from '../../../shared/ipc/gate.ts';
import type { Language } from '../../../shared/lib/language.ts';
import { fillPlaceholders } from '../../../shared/policy/fill-placeholders.ts';
import { packManifestSchema } from '../../../shared/policy/pack.ts';
import type { WindowDouble } from './open-window.ts';

export const frame = {
  siteName: 'Ysgol Gynradd Bryn Teg',
  language: 'en-GB' as Language,
  contact: {
    name: 'Mrs Eleri Wynne-Prydderch',
    phone: '01632 960 415',
    email: 'cymorth@ysgolbrynteg.example',
    place: 'Room 12 / Ystafell 12',
  },
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function hashesOf(texts: ShownPolicy['texts']): ShownPolicy['textSha256'] {
  return { 'en-GB': sha256(texts['en-GB']), 'cy-GB': sha256(texts['cy-GB']) };
}

/** A shipped policy as the main process would show it to a user. */
export async function shippedPolicy(
  name: 'staff' | 'pupil' | 'visitor' | 'young-pupil',
): Promise<ShownPolicy> {
  const folder = path.join(projectRoot, 'assets/policies', name);
  const manifest = packManifestSchema.parse(
    JSON.parse(await readFile(path.join(folder, 'policy.json'), 'utf8')),
  );
  // As the main process fills them in before a window sees them.
  const read = async (language: Language) =>
    fillPlaceholders(
      await readFile(path.join(folder, manifest.documents[language]), 'utf8'),
      language,
      frame,
    );
  const texts = { 'en-GB': await read('en-GB'), 'cy-GB': await read('cy-GB') };
  return {
    policyId: manifest.id,
    policyVersion: manifest.version,
    title: manifest.title,
    effectiveFrom: manifest.effectiveFrom,
    texts,
    textSha256: hashesOf(texts),
    statements: manifest.statements,
    fields: manifest.fields,
    ...(manifest.wording === undefined ? {} : { wording: manifest.wording }),
    reason: 'first',
  };
}

export function policyScreen(
  policy: ShownPolicy,
  more: Partial<Extract<GateScreen, { name: 'policy' }>> = {},
): Extract<GateScreen, { name: 'policy' }> {
  return {
    name: 'policy',
    policy,
    position: { index: 1, total: 1 },
    draft: { ticked: [], fullName: '', jobRole: '' },
    notice: 'none',
    noticeDetail: '',
    ...more,
  };
}

export function gateState(screen: GateScreen, more: Partial<GateState> = {}): GateState {
  return {
    ...frame,
    person: 'SCHOOL\\eleri.wynne',
    suggestedFullName: '',
    demonstration: false,
    breakGlassAvailable: false,
    onDecline: 'sign-out',
    declineCountdownSeconds: 60,
    isOverWork: false,
    screen,
    ...more,
  };
}

/** Answers as a main process at rest would; a test replaces the calls that it is about. */
export function gateHandlers(
  double: WindowDouble<GateContract>,
  replaced: Partial<HandlersOf<GateContract>> = {},
): HandlersOf<GateContract> {
  const nothing = () => Promise.resolve({});
  return {
    setLanguage: async ({ language }) => {
      await double.push({ ...double.state(), language });
      return {};
    },
    saveDraft: nothing,
    accept: () => Promise.resolve({ outcome: 'recorded' }),
    proceed: nothing,
    decline: nothing,
    cancelDecline: nothing,
    leaveNow: nothing,
    leaveUnanswered: () => Promise.resolve({ left: true }),
    requestHelp: () => Promise.resolve({ recorded: true }),
    breakGlass: () => Promise.resolve({ outcome: 'wrong-code', waitSeconds: 0 }),
    tryAgain: nothing,
    painted: nothing,
    leaveDemonstration: nothing,
    ...replaced,
  };
}
