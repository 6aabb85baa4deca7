/** Judges a server's certificate by authorities that the school has named, where the system knows none of them. */
import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { fail, type Result, succeed } from '../../../shared/lib/result.ts';

/** RFC 5280, 4.2.1.12: what a certificate may be used for. */
const serverAuthentication = '1.3.6.1.5.5.7.3.1';
const anyPurpose = '2.5.29.37.0';

/** As they stand in a certificate, with tag and length: signature algorithms that can be forged. */
const forgeableSignatures = [
  '06092a864886f70d010104', // md5WithRSAEncryption
  '06092a864886f70d010105', // sha1WithRSAEncryption
  '06072a8648ce3d0401', // ecdsa-with-SHA1
].map((bytes) => Buffer.from(bytes, 'hex'));

/** RFC 5280, 4.2.1.10: an authority that may speak for some names only. */
const nameConstraints = Buffer.from('0603551d1e', 'hex');

const minRsaBits = 2048;
const maxNamesLength = 200;

/**
 * One step and no more: the certificate was issued by one of the authorities themselves, or is one of them. No path is
 * built through certificates that the server sends along; an authority in between is put into the file as well. Where
 * this cannot judge what a whole verifier would, it refuses.
 *
 * A failure is a sentence about the certificate. `hostname` as in an address, without brackets.
 */
export function evaluateCertificate(
  certificate: X509Certificate,
  hostname: string,
  authorities: readonly X509Certificate[],
  now: Date,
): Result<undefined, string> {
  if (!isFor(certificate, hostname)) {
    const names = (certificate.subjectAltName ?? '').slice(0, maxNamesLength);
    return fail(`is for ${names === '' ? 'no name' : names} and not for ${hostname}`);
  }
  const badTime = describeTime(certificate, now);
  if (badTime !== undefined) return fail(badTime);
  const purposes = purposesOf(certificate);
  if (purposes.length > 0 && !purposes.includes(serverAuthentication)) return fail('is not for servers');
  const weakness = describeWeakness(certificate);
  if (weakness !== undefined) return fail(weakness);
  if (authorities.some(({ raw }) => raw.equals(certificate.raw))) return succeed(undefined);

  const issuers = authorities.filter((authority) => hasIssued(authority, certificate));
  if (issuers.length === 0) {
    return fail(
      `was issued by ${nameOf(certificate.issuer)}, which is not among the authorities in the file`,
    );
  }
  const reasons = issuers.map((issuer) => whyNotAuthority(issuer, now));
  if (reasons.includes(undefined)) return succeed(undefined);
  return fail(`was issued by ${nameOf(certificate.issuer)}, whose own certificate ${reasons[0] ?? ''}`);
}

function isFor(certificate: X509Certificate, hostname: string): boolean {
  if (isIP(hostname) !== 0) return certificate.checkIP(hostname) !== undefined;
  // The name in the subject is not looked at: browsers have long ceased to.
  return certificate.checkHost(hostname, { subject: 'never', partialWildcards: false }) !== undefined;
}

function hasIssued(authority: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    // A key of another kind than the signature's.
    return false;
  }
}

function whyNotAuthority(authority: X509Certificate, now: Date): string | undefined {
  if (!authority.ca) return 'is not that of an authority';
  if (authority.raw.includes(nameConstraints))
    return 'limits the names it may speak for, which is not supported';
  const purposes = purposesOf(authority);
  const mayIssueForServers =
    purposes.length === 0 || purposes.includes(serverAuthentication) || purposes.includes(anyPurpose);
  if (!mayIssueForServers) return 'is not for issuing to servers';
  return describeTime(authority, now) ?? describeKey(authority);
}

function describeTime({ validFrom, validTo }: X509Certificate, now: Date): string | undefined {
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  // Written so that a time which cannot be read refuses too.
  return now.getTime() >= from && now.getTime() <= to
    ? undefined
    : `is valid from ${validFrom} to ${validTo} only`;
}

function describeWeakness(certificate: X509Certificate): string | undefined {
  if (forgeableSignatures.some((bytes) => certificate.raw.includes(bytes)))
    return 'is signed with SHA-1 or MD5';
  return describeKey(certificate);
}

function describeKey({ publicKey }: X509Certificate): string | undefined {
  const { asymmetricKeyType, asymmetricKeyDetails } = publicKey;
  if (asymmetricKeyType === 'ec') return undefined;
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  return asymmetricKeyType === 'rsa' && bits >= minRsaBits
    ? undefined
    : `has a key that is too weak (${asymmetricKeyType ?? 'unknown'}${bits === 0 ? '' : `, ${bits} bits`})`;
}

function purposesOf(certificate: X509Certificate): readonly string[] {
  // Node's name for it is misleading: these are the extended key usages. Absent means any; the types do not say so.
  return (certificate.keyUsage as readonly string[] | undefined) ?? [];
}

/** On one line; others have written it. */
function nameOf(distinguishedName: string): string {
  const name = distinguishedName.replaceAll(/\p{C}+/gu, ', ').slice(0, maxNamesLength);
  return name === '' ? 'an authority without a name' : `“${name}”`;
}
