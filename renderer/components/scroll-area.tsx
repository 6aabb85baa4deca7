/** A part of a window that scrolls, with a shadow line at an edge behind which there is more. Keys can scroll it. */
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';

interface Props {
  readonly className: string;
  readonly children: ReactNode;
}

export function ScrollArea({ className, children }: Props) {
  const area = useRef<HTMLDivElement>(null);
  const [edges, setEdges] = useState({ above: false, below: false });
  useLayoutEffect(() => {
    const element = area.current;
    if (element === null) return;
    const measure = (): void => {
      const above = element.scrollTop > 1;
      const below = element.scrollTop + element.clientHeight < element.scrollHeight - 1;
      setEdges((before) => (before.above === above && before.below === below ? before : { above, below }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  });
  const canScroll = edges.above || edges.below;
  return (
    <div
      ref={area}
      className={`${className} scroll-area`}
      data-above={edges.above}
      data-below={edges.below}
      // Without a control of its own to focus, a keyboard could not scroll it.
      tabIndex={canScroll ? 0 : undefined}
    >
      {children}
    </div>
  );
}
