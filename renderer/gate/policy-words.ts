/** The words for a text that is called rules, as a school calls it for pupils. */
import type { PlainKey } from '../../shared/i18n/strings.ts';
import type { ShownPolicy } from '../../shared/ipc/gate.ts';

const rulesWords = {
  'gate.reason.first': 'gate.reason.first.rules',
  'gate.reason.material': 'gate.reason.material.rules',
  'gate.reason.renewal': 'gate.reason.renewal.rules',
  'gate.reason.everyLogin': 'gate.reason.everyLogin.rules',
  'gate.text': 'gate.text.rules',
  'gate.check.policy': 'gate.check.policy.rules',
  'gate.check.back': 'gate.check.back.rules',
  'gate.accepted.body': 'gate.accepted.body.rules',
} as const satisfies Partial<Record<PlainKey, PlainKey>>;

/** The key for this policy's kind of text. */
export function policyWord(
  key: keyof typeof rulesWords,
  policy: Pick<ShownPolicy, 'wording'> | undefined,
): PlainKey {
  return policy?.wording === 'rules' ? rulesWords[key] : key;
}
