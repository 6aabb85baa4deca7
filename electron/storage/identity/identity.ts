/** Who this agent is: its key pair, and the name and token under which the collector knows it. */
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';
import { agentIdSchema, publicKeySchema } from '../../../shared/wire/collector-api.ts';
import type { AcknowledgedData } from '../../../shared/wire/events.ts';
import { type EvidenceTools, keyThumbprintText, readEvidence } from '../../../shared/wire/evidence.ts';
import { moveAside, type OpenStorageFile } from '../durable-file.ts';
import { openSmallStore, peekSmallStore, type SmallStoreProblem } from '../small-store.ts';
import { errorReason, type StorageFault, type WriteProblem, writeProblem } from '../storage-fault.ts';

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

const storeSchema = z.strictObject({
  protection: z.string().max(64),
  secret: z.string().max(32_768),
  /** No secret: who this was, for the day on which the secret cannot be opened any more. */
  agentId: agentIdSchema.optional(),
});

type PublicKey = z.infer<typeof publicKeySchema>;

export type Identity = {
  readonly publicKey: PublicKey;
  /** RFC 7638 thumbprint of the public key, by which evidence names it. */
  readonly keyId: string;
  /** Ed25519, for signing evidence. */
  readonly privateKey: KeyObject;
  /** Ed25519 signature over the UTF-8 of a text, in base64url. */
  signText(text: string): string;
  /** Whether this key made the evidence of an acknowledgement, over these very facts. */
  hasSigned(data: AcknowledgedData): boolean;
  /** HMAC-SHA-256 with a secret that follows from the private key, in base64url: for what only this agent reads. */
  macOf(text: string): string;
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
  /** A key that the system answers for and does not give back is put aside, and a new one made. */
  readonly replaceLocked?: boolean;
};

export type IdentityProblem =
  | SmallStoreProblem
  /** The key is there but this session cannot open it; a new one would make this PC another agent. */
  | {
      readonly kind: 'locked';
      readonly file: string;
      readonly reason: string;
      /** The system's protection is at work and refuses: after a reset password it does so for good. */
      readonly refused: boolean;
    }
  | ({ readonly file: string } & WriteProblem);

export const identityFileName = 'identity.json';

/**
 * Opens the identity, and makes a key pair where there is none yet. A damaged file is kept aside and a new key pair made:
 * the agent then enrols as a new one. A key that is merely protected by a system that does not answer now is left alone,
 * unless `replaceLocked` says that this has gone on for long enough.
 */
export async function openIdentity(options: IdentityOptions): Promise<Result<Identity, IdentityProblem>> {
  const opened = await openSmallStore({ ...options, name: 'identity', schema: storeSchema });
  if (!opened.ok) return opened;
  const { store, state } = opened.value;
  const save = (secret: Secret): Promise<Result<undefined, WriteProblem>> => {
    const { protection, text } = protect(secret, options);
    const agentId = secret.enrolment?.agentId;
    return store.write({ protection, secret: text, ...(agentId === undefined ? {} : { agentId }) });
  };

  let secret: Secret;
  if (state.found === 'loaded') {
    const read = unprotect(state.value, options.protection);
    if (read.ok) {
      secret = read.value;
    } else {
      if (!read.error.refused || options.replaceLocked !== true) {
        return fail({ kind: 'locked', file: identityFileName, ...read.error });
      }
      const aside = await putAside(state.value.agentId, read.error.reason, options);
      if (!aside.ok) return aside;
      secret = newSecret();
      const written = await save(secret);
      if (!written.ok) return fail({ ...written.error, file: identityFileName });
    }
  } else {
    secret = newSecret();
    const written = await save(secret);
    if (!written.ok) return fail({ ...written.error, file: identityFileName });
  }

  const { d: _private, ...publicKey } = secret.privateKey;
  const privateKey = createPrivateKey({ key: secret.privateKey, format: 'jwk' });
  const keyId = createHash('sha256').update(keyThumbprintText(publicKey.x), 'utf8').digest('base64url');
  const macKey = Buffer.from(
    hkdfSync('sha256', Buffer.from(secret.privateKey.d, 'base64url'), '', 'porthor-receipts-v1', 32),
  );
  return succeed({
    publicKey,
    keyId,
    privateKey,
    hasSigned(data) {
      const read = readEvidence(data, evidenceTools);
      if (!read.ok || read.value.keyId !== keyId) return false;
      const { signingInput, signature } = read.value;
      return verify(null, Buffer.from(signingInput, 'latin1'), createPublicKey(privateKey), signature);
    },
    macOf: (text) => createHmac('sha256', macKey).update(text, 'utf8').digest('base64url'),
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

/** Whether the folder's key opens under this protection and is bound to whom it protects. Changes nothing. */
export async function holdsKeyOf(directory: string, protection: SecretProtection): Promise<boolean> {
  const kept = await peekSmallStore(directory, 'identity', storeSchema);
  if (kept === undefined || kept.protection === noProtection.name) return false;
  return unprotect(kept, protection).ok;
}

const evidenceTools: EvidenceTools = {
  encodeText: (text) => Buffer.from(text, 'utf8').toString('base64url'),
  decodeText: (base64url) => Buffer.from(base64url, 'base64url').toString('utf8'),
  decodeBytes: (base64url) => Buffer.from(base64url, 'base64url'),
};

function newSecret(): Secret {
  const jwk: unknown = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return secretSchema.parse({ privateKey: jwk });
}

async function putAside(
  agentId: string | undefined,
  reason: string,
  options: IdentityOptions,
): Promise<Result<undefined, IdentityProblem>> {
  try {
    const keptAs = await moveAside(join(options.directory, identityFileName), 'locked', options.nowUtc());
    const was = agentId === undefined ? 'The PC had not enrolled yet.' : `It was agent ${agentId}.`;
    options.onFault({
      fault: 'identity-replaced',
      subject: identityFileName,
      reason: `The agent's key can no longer be opened (${reason}); it is kept as ${keptAs}, and a new one is made. ${was} What still waits on this PC is sent under the new agent's name, so that agent's numbers do not begin at 1.`,
    });
    return succeed(undefined);
  } catch (error) {
    return fail({ ...writeProblem(error), reason: errorReason(error), file: identityFileName });
  }
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

function unprotect(
  kept: z.infer<typeof storeSchema>,
  protection: SecretProtection,
): Result<Secret, { readonly reason: string; readonly refused: boolean }> {
  const by = [noProtection, protection].find(({ name }) => name === kept.protection);
  if (by === undefined) {
    return fail({ reason: `it is protected by ${kept.protection}, which is not there`, refused: false });
  }
  try {
    const parsed = secretSchema.safeParse(JSON.parse(by.unprotect(kept.secret)));
    return parsed.success ? succeed(parsed.data) : fail({ reason: 'what it holds is no key', refused: true });
  } catch {
    // The message of a parser could quote the secret.
    return fail({ reason: 'the system did not give it back', refused: isAvailable(by) });
  }
}

function isAvailable(protection: SecretProtection): boolean {
  try {
    return protection.available();
  } catch {
    return false;
  }
}
