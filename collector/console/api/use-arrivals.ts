/** Receives acknowledgements while a page is open, as the collector stores them. */
import { useEffect, useRef, useState } from 'react';
import { type AcknowledgementRow, rowSchema } from '../../../shared/console/acknowledgements.ts';

/** So many arrivals stay on the page, so that one left open for weeks stays light. */
const mostRows = 200;
/** The browser tries again after a broken connection, but gives up after any answer that is not a stream. */
const retryDelayMs = 5000;

interface Arrivals {
  /** Newest first. */
  readonly rows: readonly AcknowledgementRow[];
  readonly newest: AcknowledgementRow | undefined;
  /** Undefined before the first attempt. */
  readonly isConnected: boolean | undefined;
}

const nothing: Arrivals = { rows: [], newest: undefined, isConnected: undefined };

/** @param after the newest position that the page has already. */
export function useArrivals(isOn: boolean, after: number): Arrivals {
  const [arrivals, setArrivals] = useState(nothing);
  // Not a dependency: a newer first row must not start the stream again.
  const start = useRef(after);
  start.current = after;
  useEffect(() => {
    if (!isOn) return;
    let stream: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let newest = start.current;
    const connect = (isConnected: boolean) => setArrivals((before) => ({ ...before, isConnected }));
    const listen = () => {
      stream = new EventSource(`/api/acknowledgements/stream?after=${newest}`);
      stream.addEventListener('open', () => connect(true));
      stream.addEventListener('error', () => {
        connect(false);
        if (stream?.readyState === EventSource.CLOSED) timer = setTimeout(listen, retryDelayMs);
      });
      stream.addEventListener('acknowledgement', (event: MessageEvent<string>) => {
        const row = rowSchema.parse(JSON.parse(event.data));
        newest = Math.max(newest, row.position);
        setArrivals((before) => ({
          ...before,
          newest: row,
          rows: [row, ...before.rows.filter(({ position }) => position !== row.position)].slice(0, mostRows),
        }));
      });
    };
    listen();
    return () => {
      clearTimeout(timer);
      stream?.close();
      setArrivals(nothing);
    };
  }, [isOn]);
  return arrivals;
}
