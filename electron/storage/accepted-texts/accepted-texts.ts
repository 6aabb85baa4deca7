/** The exact texts that people accepted on this PC, so that they can read them again years later. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { bilingualSchema, type Language, languageSchema } from '../../../shared/lib/language.ts';
import {
  type PolicyPack,
  policyIdSchema,
  policyVersionSchema,
  statementSchema,
  textSha256Schema,
} from '../../../shared/policy/pack.ts';
import { openSmallStore } from '../small-store.ts';
import type { StorageFault } from '../storage-fault.ts';

const acceptedTextSchema = z.strictObject({
  policyId: policyIdSchema,
  policyVersion: policyVersionSchema,
  title: bilingualSchema,
  language: languageSchema,
  /** Canonical Markdown; its hash is the name of the file. */
  text: z.string().min(1),
  statements: z.array(statementSchema),
  /** For each acceptance (event id) the ticked statements, latest last. */
  ticked: z.array(
    z.strictObject({
      eventId: z.string(),
      ids: z.array(policyIdSchema),
      /** Where they differ from those above: a later version may ask more with the same text. */
      statements: z.array(statementSchema).optional(),
    }),
  ),
});
type AcceptedText = z.infer<typeof acceptedTextSchema>;

/** A limit, because a policy asked at every login would fill its file. */
const keptAcceptances = 50;

export interface AcceptedTexts {
  /** Keeps the text of an acceptance. A failure is reported to `onFault`; the acceptance is still valid. */
  keep(pack: PolicyPack, language: Language, eventId: string, ticked: readonly string[]): Promise<void>;
  /** Undefined where this PC has no text of that hash, or its copy no longer matches the hash. */
  read(textSha256: string): Promise<AcceptedText | undefined>;
}

interface Options {
  /** The state folder of the account. */
  readonly directory: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}

/** One file per text, so that a damaged file costs one text. */
export function createAcceptedTexts(options: Options): AcceptedTexts {
  const openFor = (textSha256: string) =>
    openSmallStore({
      ...options,
      directory: join(options.directory, 'accepted-texts'),
      name: textSha256Schema.parse(textSha256),
      schema: acceptedTextSchema,
    });

  return {
    keep: async (pack, language, eventId, ticked) => {
      const { manifest, texts, textSha256 } = pack;
      const opened = await openFor(textSha256[language]);
      const kept = opened.ok && opened.value.state.found === 'loaded' ? opened.value.state.value : undefined;
      const known = kept === undefined ? [] : withTheirStatements(kept, manifest.statements);
      const written = opened.ok
        ? await opened.value.store.write({
            policyId: manifest.id,
            policyVersion: manifest.version,
            title: manifest.title,
            language,
            text: texts[language],
            statements: manifest.statements,
            ticked: [...known, { eventId, ids: [...ticked] }].slice(-keptAcceptances),
          })
        : opened;
      if (written.ok) return;
      options.onFault({
        fault: 'accepted-text-not-kept',
        subject: `${manifest.id} ${manifest.version}`,
        reason: `The acceptance is recorded, but its text could not be kept on this PC (${written.error.kind}).`,
      });
    },
    read: async (textSha256) => {
      const opened = await openFor(textSha256);
      if (!opened.ok || opened.value.state.found !== 'loaded') return undefined;
      const { value } = opened.value.state;
      const actual = createHash('sha256').update(value.text, 'utf8').digest('hex');
      return actual === textSha256 ? value : undefined;
    },
  };
}

/** Earlier answers keep their own statements when a new version replaces them. */
function withTheirStatements(kept: AcceptedText, next: AcceptedText['statements']): AcceptedText['ticked'] {
  if (JSON.stringify(kept.statements) === JSON.stringify(next)) return kept.ticked;
  return kept.ticked.map((answer) => ({ statements: kept.statements, ...answer }));
}
