/** Decides whether a server that asks for a certificate of this PC or user gets one. */

export interface ClientCertificateRule {
  /** The one server that may get a certificate: host and port, as in an address. */
  readonly server: string;
  /** Common name of the issuer whose certificates the school wants sent. */
  readonly issuer: string;
}

/** The parts of Electron's `Certificate` that decide. Times are in seconds since 1970. */
export interface OfferedCertificate {
  readonly issuerName: string;
  readonly validStart: number;
  readonly validExpiry: number;
}

/** Undefined where the address has no server or no issuer is configured. */
export function clientCertificateRule(
  collectorUrl: string,
  issuer: string,
): ClientCertificateRule | undefined {
  if (issuer === '' || !URL.canParse(collectorUrl)) return undefined;
  const { protocol, hostname, port } = new URL(collectorUrl);
  if (protocol !== 'https:') return undefined;
  return { server: `${hostname}:${port === '' ? '443' : port}`.toLowerCase(), issuer };
}

/**
 * The certificate to send: of those that are valid now, the one that is valid longest. Undefined: send none. A certificate
 * names the user or the PC, so no server gets one that the school has not asked for.
 *
 * @param server host and port, as Chromium writes them.
 */
export function chooseClientCertificate<Certificate extends OfferedCertificate>(
  rule: ClientCertificateRule | undefined,
  server: string,
  offered: readonly Certificate[],
  nowUtc: Date,
): Certificate | undefined {
  if (rule === undefined || server.toLowerCase() !== rule.server) return undefined;
  const now = nowUtc.getTime() / 1000;
  return offered
    .filter(({ issuerName, validStart, validExpiry }) => {
      return issuerName === rule.issuer && validStart <= now && now <= validExpiry;
    })
    .toSorted((left, right) => right.validExpiry - left.validExpiry)[0];
}
