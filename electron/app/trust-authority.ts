/** Lets the agent's requests to the collector trust an authority that the school has named in a file. */
import { X509Certificate } from 'node:crypto';
import { basename } from 'node:path';
import { app, session } from 'electron';
import { judgeCertificate } from '../platform/certificates/judge-certificate.ts';
import { readAuthorities } from '../platform/certificates/read-authorities.ts';
import type { Fetch } from '../services/reporting/collector-client.ts';
import type { StorageFault } from '../storage/storage-fault.ts';

interface Options {
  /** https. */
  readonly collectorUrl: string;
  /** Full path. */
  readonly authorityFile: string;
  /** Its name. What is said of certificates in it goes to the last who asked for it. */
  readonly networkSession: string;
  readonly nowUtc: () => Date;
  readonly onFault: (fault: StorageFault) => void;
}

/** Chromium's `net::ERR_CERT_AUTHORITY_INVALID`: the system knows nobody who has issued this certificate. */
const authorityUnknown = -202;
/** What the verifier of a session may answer. */
const [accept, asChromiumSays] = [0, -3];

/**
 * Requests go out in a network session of their own, so that nothing else is affected. Whatever Chromium and the
 * system's store accept stays accepted, whatever they refuse stays refused, but for one case: the collector itself, and
 * an issuer that they do not know. Then the file is asked, which is read anew for it, so that one that is put right is
 * taken without a restart once Chromium has forgotten its last verdict.
 */
export async function trustAuthority(options: Options): Promise<Fetch> {
  const { authorityFile, onFault } = options;
  const collectorHost = new URL(options.collectorUrl).hostname.replace(/^\[(.*)\]$/u, '$1');

  const read = async () => {
    const authorities = await readAuthorities(authorityFile);
    if (!authorities.ok) {
      onFault({
        fault: 'ca-certificate-unusable',
        subject: 'caCertificateFile',
        reason: `${basename(authorityFile)} ${authorities.error}. The collector is trusted only where the system trusts it.`,
      });
    }
    return authorities;
  };
  const refuse = (reason: string) => {
    onFault({
      fault: 'collector-certificate-refused',
      subject: collectorHost,
      reason: `Nothing is sent to the collector: its certificate ${reason}.`,
    });
    return asChromiumSays;
  };
  const judge = async (pem: string): Promise<number> => {
    const authorities = await read();
    if (!authorities.ok) return asChromiumSays;
    const verdict = judgeCertificate(
      new X509Certificate(pem),
      collectorHost,
      authorities.value,
      options.nowUtc(),
    );
    return verdict.ok ? accept : refuse(verdict.error);
  };

  // Said at start and not when the first report is due.
  await read();
  await app.whenReady();
  // In memory, and as long as the process lives.
  const ownSession = session.fromPartition(options.networkSession, { cache: false });
  ownSession.setCertificateVerifyProc(({ hostname, errorCode, verificationResult, certificate }, answer) => {
    if (hostname !== collectorHost || errorCode === 0) answer(asChromiumSays);
    else if (errorCode !== authorityUnknown) answer(refuse(`was found to be wrong (${verificationResult})`));
    else {
      judge(certificate.data)
        .catch((error: unknown) => refuse(`could not be judged: ${String(error)}`))
        .then(answer, () => answer(asChromiumSays));
    }
  });
  return (url, init) => ownSession.fetch(url, init);
}
