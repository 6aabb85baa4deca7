/** What verification finds, and how its parts report it. */

export interface Finding {
  /**
   * `altered`: it is there and not as it arrived. `removed`: it is no longer there. `inserted`: it never arrived.
   * `moved`: it is where another one was. `replayed`: a copy of something that belongs elsewhere.
   */
  readonly kind: 'altered' | 'removed' | 'inserted' | 'moved' | 'replayed';
  /** Its leaf in the log, from 0; undefined for something that has none. */
  readonly leaf?: number | undefined;
  /** Place in the chain of a database from before the log, from 1. */
  readonly place?: number | undefined;
  /** Empty where it is not known. */
  readonly eventId: string;
  readonly detail: string;
}

export type Report = (
  kind: Finding['kind'],
  at: {
    readonly leaf?: number | undefined;
    readonly place?: number | undefined;
    readonly eventId?: string | undefined;
  },
  detail: string,
) => void;

/** More would tell the technician nothing new. */
export const mostFindings = 200;

export function createFindings() {
  const findings: Finding[] = [];
  const found: Report = (kind, { leaf, place, eventId = '' }, detail) => {
    findings.push({ kind, leaf, place, eventId, detail });
  };
  return { findings, found, isFull: () => findings.length >= mostFindings };
}
