/** A network session that also trusts an authority from a file, for one host. */
import { X509Certificate } from 'node:crypto';
import { basename } from 'node:path';
import { app, session } from 'electron';
import { evaluateCertificate } from '../certificates/evaluate-certificate.ts';
import { readAuthorities } from '../certificates/read-authorities.ts';
import type { Fetch, TrustedAuthority } from './network-port.ts';

/** Chromium's `net::ERR_CERT_AUTHORITY_INVALID`: the system does not know the issuer of this certificate. */
const authorityUnknown = -202;
/** What the verifier of a session may answer. */
const [accept, asChromiumDecides] = [0, -3];

/**
 * The session is separate, so that nothing else in the agent is affected. What Chromium and the system's store accept
 * stays accepted, and what they refuse stays refused. The one exception is an unknown issuer for this one host: then the
 * file decides. It is read again each time, so that a corrected file works without a restart as soon as Chromium has
 * forgotten its last verdict.
 */
export async function openTrustingSession(authority: TrustedAuthority): Promise<Fetch> {
  const { file, hostname, onProblem } = authority;

  const read = async () => {
    const authorities = await readAuthorities(file);
    if (!authorities.ok) {
      onProblem({ kind: 'authority-unusable', reason: `${basename(file)} ${authorities.error}` });
    }
    return authorities;
  };
  const refuse = (reason: string) => {
    onProblem({ kind: 'certificate-refused', reason });
    return asChromiumDecides;
  };
  const evaluate = async (pem: string): Promise<number> => {
    const authorities = await read();
    if (!authorities.ok) return asChromiumDecides;
    const verdict = evaluateCertificate(
      new X509Certificate(pem),
      hostname,
      authorities.value,
      authority.nowUtc(),
    );
    return verdict.ok ? accept : refuse(verdict.error);
  };

  // An unusable file is reported now, and not only when the first report is due.
  await read();
  await app.whenReady();
  // In memory, and as long as the process lives.
  const ownSession = session.fromPartition(authority.session, { cache: false });
  ownSession.setCertificateVerifyProc((request, answer) => {
    if (request.hostname !== hostname || request.errorCode === 0) answer(asChromiumDecides);
    else if (request.errorCode !== authorityUnknown) {
      answer(refuse(`was found to be wrong (${request.verificationResult})`));
    } else {
      evaluate(request.certificate.data)
        .catch((error: unknown) => refuse(`could not be evaluated: ${String(error)}`))
        .then(answer, () => answer(asChromiumDecides));
    }
  });
  return (url, init) => ownSession.fetch(url, init);
}
