/** What verification finds, and how its parts report it. */

export interface Finding {
  /**
   * `altered`: it is there and not as it arrived. `removed`: it is no longer there. `inserted`: it never arrived.
   * `moved`: it is where another one was.
   */
  readonly kind: 'altered' | 'removed' | 'inserted' | 'moved';
  /** Place in the chain; undefined for something outside the chain. */
  readonly place: number | undefined;
  /** Empty where it is no longer known. */
  readonly eventId: string;
  readonly detail: string;
}

export type Report = (
  kind: Finding['kind'],
  link: { place?: number; eventId?: string },
  detail: string,
) => void;
