/** The network as this PC reaches it: through the system's proxy and trust store. */
import type { Capability } from '../../../shared/wire/events.ts';

interface NetworkRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** A redirect is a portal or a wrong address; events and tokens do not follow it. */
  readonly redirect: 'error';
  /**
   * Answers are checked before they are kept. The runtime's cache would keep an answer that was damaged on its way
   * together with a valid tag, and return it for as long as the collector answers "not modified".
   */
  readonly cache: 'no-store';
}

/** Rejects where there is no answer; Chromium's name for the reason (`net::ERR_…`) is in the message. */
export type Fetch = (url: string, request: NetworkRequest) => Promise<Response>;

/**
 * `authority-unusable`: the file gives no authority; the system's trust store decides alone. `certificate-refused`: the
 * host is not trusted. The reason continues a sentence about the file, or about the certificate.
 */
export interface AuthorityProblem {
  readonly kind: 'authority-unusable' | 'certificate-refused';
  readonly reason: string;
}

export interface TrustedAuthority {
  /** Each user of the port has a session of their own, so that nothing else trusts the authority. */
  readonly session: 'collector' | 'self-check';
  /** The one host that the authority may vouch for, as in an address, without brackets. */
  readonly hostname: string;
  /** Full path of a PEM or DER file. It is read again for each certificate that the system does not trust. */
  readonly file: string;
  readonly nowUtc: () => Date;
  readonly onProblem: (problem: AuthorityProblem) => void;
}

export interface NetworkPort {
  capability(): Capability;
  readonly fetch: Fetch;
  /** The proxies for this address in the order they are tried, as Chromium writes it: `DIRECT`, `PROXY host:port; DIRECT`. */
  resolveProxy(url: string): Promise<string>;
  /**
   * Like `fetch`, and also trusts the authority for its host. An unusable file is a reported problem, never a rejection.
   * A second call for the same session replaces the first one's authority.
   */
  trustAuthority(authority: TrustedAuthority): Promise<Fetch>;
}
