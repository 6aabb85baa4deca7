/** All problems of a policy pack or of a folder of packs, as a closed list with texts for the administrator. */

export const packProblemKinds = [
  'missing',
  'unreadable',
  'not-a-pack',
  'too-large',
  'damaged-zip',
  'unsupported-zip',
  'unsafe-entry',
  'duplicate-entry',
  'not-utf8',
  'invalid-json',
  'unsupported-format',
  'invalid-manifest',
  'missing-language',
  'duplicate-statement',
  'missing-document',
  'empty-document',
  'hash-mismatch',
  'duplicate-pack',
  'too-many-packs',
  'no-packs',
  'no-answer',
] as const;
export type PackProblemKind = (typeof packProblemKinds)[number];

export type PackProblem = {
  readonly kind: PackProblemKind;
  /** The file or the manifest key that is wrong; never a path outside the pack. At most 200 characters. */
  readonly subject: string;
  /** What is wrong, in plain words. At most 900 characters. */
  readonly reason: string;
  /** What the administrator can do about it. */
  readonly remedy: string;
};

const remedies: Record<PackProblemKind, string> = {
  missing: 'check the name and the place of the pack',
  unreadable: 'let the account that Porthor runs under read it, then try again',
  'not-a-pack': 'put policy.json and its Markdown files together in one folder, or in one zip of that folder',
  'too-large': 'take out what does not belong to the policy, or shorten it',
  'damaged-zip': 'make the zip again, or copy it again from where it came',
  'unsupported-zip': 'make an ordinary zip: no password, no parts, standard compression',
  'unsafe-entry': 'make the zip again from the folder itself, with plain file names and no links',
  'duplicate-entry': 'make the zip again with each file in it once',
  'not-utf8': 'save the file as UTF-8',
  'invalid-json': 'correct policy.json; an editor that knows JSON marks the place',
  'unsupported-format': 'update Porthor on this PC, or publish the pack for the older version too',
  'invalid-manifest': 'correct the named entry of policy.json',
  'missing-language': 'write it in English and in Welsh',
  'duplicate-statement': 'give each statement an id of its own',
  'missing-document': 'add the file, or correct its name under "documents" in policy.json',
  'empty-document': 'write the text of the policy into the file',
  'hash-mismatch': 'fetch the pack again; if it stays so, publish it again under a new version',
  'duplicate-pack': 'keep one of the two, or give the changed text a new version',
  'too-many-packs': 'move packs that are no longer used out of the folder',
  'no-packs':
    'put the packs back, or make the share available again; a school that wants to ask nobody sets gate.enabled to false',
  'no-answer': 'see that the server of the folder, and the way to it, answer at once',
};

/** Cuts a text that may come from a hostile pack to one printable line of at most `maxCharacters`. */
function printable(text: string, maxCharacters: number): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= maxCharacters ? line : `${characters.slice(0, maxCharacters - 1).join('')}…`;
}

/** Builds a problem whose texts are safe to print and small enough for an event, whatever the pack contains. */
export function packProblem(kind: PackProblemKind, subject: string, reason: string): PackProblem {
  return { kind, subject: printable(subject, 200), reason: printable(reason, 900), remedy: remedies[kind] };
}
