/** Who this agent is: its key pair, and the name and token under which the collector knows it. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { agentIdSchema, publicKeySchema } from '../../../shared/wire/collector-api.ts';
import type { OpenStorageFile } from '../durable-file.ts';
import { openSmallStore, type SmallStoreProblem } from '../small-store.ts';
import type { StorageFault, WriteProblem } from '../storage-fault.ts';

/** Where the system can bind a secret to the signed-in account (DPAPI, a keyring), it does. Both calls may throw. */
export type SecretProtection = {
  /** Written beside the secret, so that it is known how to read it. */
  readonly name: string;
  available(): boolean;
  protect(secret: string): string;
  unprotect(kept: string): string;
};

/** Leaves secrets to the file's own rights. */
export const noProtection: SecretProtection = {
  name: 'none',
  available: () => true,
  protect: (secret) => secret,
  unprotect: (kept) => kept,
};

const enrolmentSchema = z.strictObject({
  agentId: agentIdSchema,
  agentToken: z.string().min(16).max(512),
  /** The collector that gave them; another one is enrolled with anew. */
  collectorUrl: z.string().max(2048),
});
export type Enrolment = z.infer<typeof enrolmentSchema>;

const secretSchema = z.strictObject({
  privateKey: z.strictObject({ ...publicKeySchema.shape, d: z.string().regex(/^[A-Za-z0-9_-]{43}$/u) }),
  enrolment: enrolmentSchema.optional(),
});
type Secret = z.infer<typeof secretSchema>;

const storeSchema = z.strictObject({ protection: z.string().max(64), secret: z.string().max(32_768) });

type PublicKey = z.infer<typeof publicKeySchema>;

export type Identity = {
  readonly publicKey: PublicKey;
  /** Ed25519, for signing evidence. */
  readonly privateKey: KeyObject;
  /** Ed25519 signature over the UTF-8 of a text, in base64url. */
  signText(text: string): string;
  /** Of this collector only; undefined where the agent is not enrolled with it. */
  enrolment(collectorUrl: string): Enrolment | undefined;
  /** Whether the agent has ever been enrolled, with whichever collector. */
  everEnrolled(): boolean;
  saveEnrolment(enrolment: Enrolment): Promise<Result<undefined, WriteProblem>>;
};

export type IdentityOptions = {
  readonly directory: string;
  readonly protection: SecretProtection;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
  readonly openFile?: OpenStorageFile;
};

export type IdentityProblem =
  | SmallStoreProblem
  /** The key is there but this session cannot open it; a new one would make this PC another agent. */
  | { readonly kind: 'locked'; readonly file: string; readonly reason: string }
  | ({ readonly file: string } & WriteProblem);

export const identityFileName = 'identity.json';

/**
 * Opens the identity, and makes a key pair where there is none yet. A damaged file is kept aside and a new key pair made:
 * the agent then enrols as a new one. A key that is merely protected by a system that does not answer now is left alone.
 */
export async function openIdentity(options: IdentityOptions): Promise<Result<Identity, IdentityProblem>> {
  const opened = await openSmallStore({ ...options, name: 'identity', schema: storeSchema });
  if (!opened.ok) return opened;
  const { store, state } = opened.value;
  const save = (secret: Secret): Promise<Result<undefined, WriteProblem>> => {
    const { protection, text } = protect(secret, options);
    return store.write({ protection, secret: text });
  };

  let secret: Secret;
  if (state.found === 'loaded') {
    const read = unprotect(state.value, options.protection);
    if (!read.ok) return fail({ kind: 'locked', file: identityFileName, reason: read.error });
    secret = read.value;
  } else {
    const jwk: unknown = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
    secret = secretSchema.parse({ privateKey: jwk });
    const written = await save(secret);
    if (!written.ok) return fail({ ...written.error, file: identityFileName });
  }

  const { d: _private, ...publicKey } = secret.privateKey;
  const privateKey = createPrivateKey({ key: secret.privateKey, format: 'jwk' });
  return succeed({
    publicKey,
    privateKey,
    signText: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url'),
    enrolment: (collectorUrl) =>
      secret.enrolment?.collectorUrl === collectorUrl ? secret.enrolment : undefined,
    everEnrolled: () => secret.enrolment !== undefined,
    saveEnrolment(enrolment) {
      secret = { ...secret, enrolment };
      return save(secret);
    },
  });
}

function protect(secret: Secret, options: IdentityOptions): { protection: string; text: string } {
  const json = JSON.stringify(secret);
  try {
    if (options.protection.available()) {
      return { protection: options.protection.name, text: options.protection.protect(json) };
    }
  } catch (error) {
    options.onFault({
      fault: 'key-unprotected',
      subject: identityFileName,
      reason: `The system would not protect the agent's key: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
  return { protection: noProtection.name, text: json };
}

function unprotect(kept: z.infer<typeof storeSchema>, protection: SecretProtection): Result<Secret, string> {
  const by = [noProtection, protection].find(({ name }) => name === kept.protection);
  if (by === undefined) return fail(`it is protected by ${kept.protection}, which is not there`);
  try {
    const parsed = secretSchema.safeParse(JSON.parse(by.unprotect(kept.secret)));
    return parsed.success ? succeed(parsed.data) : fail('what it holds is no key');
  } catch {
    // The message of a parser could quote the secret.
    return fail('the system did not give it back');
  }
}
