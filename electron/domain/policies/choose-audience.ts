/** Which policies concern the signed-in person, and whether the gate concerns them at all. */
import type { ManagedConfig } from '../../../shared/config/managed-config.ts';
import type { Account } from '../../../shared/wire/account.ts';

/** What the system reports about the signed-in person, as far as audiences need it. */
export interface AudienceFacts {
  readonly account: Pick<Account, 'name' | 'domain' | 'upn'>;
  readonly groups: readonly string[];
}

export type AudienceAnswer =
  | { readonly kind: 'excluded'; readonly pattern: string }
  | { readonly kind: 'audience'; readonly audience: string };

/** Exclusions first, then the first rule that matches, else the default audience. */
export function chooseAudience(facts: AudienceFacts, settings: ManagedConfig['audience']): AudienceAnswer {
  const excludedBy = settings.exclude.find((pattern) => matchesAccount(facts.account, pattern));
  if (excludedBy !== undefined) return { kind: 'excluded', pattern: excludedBy };
  const rule = settings.rules.find((candidate) =>
    'group' in candidate
      ? facts.groups.some((group) => sameGroup(group, candidate.group))
      : matchesAccount(facts.account, candidate.accountPattern),
  );
  return { kind: 'audience', audience: rule?.audience ?? settings.default };
}

/**
 * Compares a pattern with `name`, `domain\name` and the UPN, ignoring case. `*` matches any characters and `?` one. No
 * regular expressions: no pattern can make a login slow.
 */
export function matchesAccount(account: AudienceFacts['account'], pattern: string): boolean {
  const names = [account.name, `${account.domain}\\${account.name}`, account.upn];
  return names.some((name) => name !== '' && matchesWildcard(name.toLowerCase(), pattern.toLowerCase()));
}

function sameGroup(actual: string, wanted: string): boolean {
  const left = actual.toLowerCase();
  const right = wanted.toLowerCase();
  // A rule without a domain means the group of that name in any domain.
  return left === right || (!right.includes('\\') && left.split('\\').at(-1) === right);
}

/** Greedy matching with one backtracking point: linear in practice, quadratic at worst. */
function matchesWildcard(text: string, pattern: string): boolean {
  let textIndex = 0;
  let patternIndex = 0;
  let starIndex = -1;
  let resumeIndex = 0;
  while (textIndex < text.length) {
    const wanted = pattern[patternIndex];
    if (wanted === '*') {
      starIndex = patternIndex;
      resumeIndex = textIndex;
      patternIndex += 1;
    } else if (wanted === '?' || wanted === text[textIndex]) {
      textIndex += 1;
      patternIndex += 1;
    } else if (starIndex >= 0) {
      resumeIndex += 1;
      textIndex = resumeIndex;
      patternIndex = starIndex + 1;
    } else {
      return false;
    }
  }
  while (pattern[patternIndex] === '*') patternIndex += 1;
  return patternIndex === pattern.length;
}
