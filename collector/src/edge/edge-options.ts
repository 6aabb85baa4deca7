/** How the collector meets the network: its certificate, the proxy in front of it, its monitoring and its time limits. */

export interface CertificateFiles {
  /** PEM: the certificate, followed by those of the authorities between it and the root. */
  readonly certificateFile: string;
  /** PEM, without a passphrase. */
  readonly keyFile: string;
}

export interface TimeLimits {
  /** A client has this long to send the head of a request, and a TLS handshake. */
  readonly headMs: number;
  /** A client has this long to send a whole request. */
  readonly requestMs: number;
  /** A connection without a byte ends after this long. */
  readonly silenceMs: number;
  /** How often the server looks for connections over their limit. */
  readonly checkMs: number;
}

/** Far above what a school's line needs for 1 MiB. */
export const defaultTimeLimits: TimeLimits = {
  headMs: 20_000,
  requestMs: 60_000,
  silenceMs: 90_000,
  checkMs: 5000,
};

export interface EdgeOptions {
  /** Default: plain HTTP. */
  readonly certificate?: CertificateFiles | undefined;
  /** Addresses and ranges of the proxies whose `X-Forwarded-…` headers are believed. Default: none. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** How people reach the console where a proxy gives it another address; an origin such as `https://porthor.example`. */
  readonly publicUrl?: string | undefined;
  /** `/metrics` and `/readyz` are answered on this port alone; 0 picks a free one. */
  readonly metricsPort?: number | undefined;
  /** Default 127.0.0.1. */
  readonly metricsHost?: string | undefined;
  /** `/metrics` and `/readyz` want this bearer token. */
  readonly metricsToken?: string | undefined;
  readonly timeLimits?: Partial<TimeLimits>;
  /** How often the certificate's files are read again. */
  readonly certificateCheckMs?: number;
}
