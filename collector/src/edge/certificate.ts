/** The collector's certificate: read from its files, and read again when they change. */
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { CollectorError } from '../collector-error.ts';
import type { StandingFaults } from '../standing-faults.ts';
import type { CertificateFiles } from './edge-options.ts';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly expiresAt: Date;
}

const defaultCheckMs = 10_000;
const faultName = 'certificate';

/** Throws CollectorError for files that cannot be read or do not belong together. */
export async function readCertificate({ certificateFile, keyFile }: CertificateFiles): Promise<Certificate> {
  const read = async (file: string): Promise<string> =>
    readFile(file, 'utf8').catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      throw new CollectorError(
        `${file} cannot be read (${code}). Check its name and the rights of the collector's account.`,
      );
    });
  const [cert, key] = await Promise.all([read(certificateFile), read(keyFile)]);
  try {
    createSecureContext({ cert, key });
    return { cert, key, expiresAt: new Date(new X509Certificate(cert).validTo) };
  } catch (error) {
    throw new CollectorError(
      `${certificateFile} and ${keyFile} are not a certificate and its key (${error instanceof Error ? error.message : ''}). ` +
        'Both are PEM files; the key has no passphrase.',
    );
  }
}

/**
 * Gives each new certificate to `use`. Files that do not fit, and a certificate that has expired, are a standing fault; the
 * certificate before stays in use. Returns the stop.
 */
export function watchCertificate(deps: {
  readonly files: CertificateFiles;
  readonly first: Certificate;
  readonly use: (certificate: Certificate) => void;
  readonly faults: StandingFaults;
  readonly now: () => Date;
  readonly checkMs?: number | undefined;
}): () => Promise<void> {
  const { files, use, faults } = deps;
  let current = deps.first;
  const check = async (): Promise<void> => {
    try {
      const found = await readCertificate(files);
      if (found.cert !== current.cert || found.key !== current.key) {
        use(found);
        current = found;
      }
    } catch (error) {
      faults.set(
        faultName,
        `${error instanceof Error ? error.message : String(error)} The certificate before it stays in use.`,
      );
      return;
    }
    faults.set(
      faultName,
      current.expiresAt.getTime() <= deps.now().getTime()
        ? `The certificate in ${files.certificateFile} expired on ${current.expiresAt.toISOString()}. Put a new one in its place.`
        : undefined,
    );
  };
  // Read again by time: a watch of the file system misses folders on a share and files behind a link.
  let running = check();
  const timer = setInterval(() => {
    running = running.then(check);
  }, deps.checkMs ?? defaultCheckMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
