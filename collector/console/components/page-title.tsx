/** The heading of a page: names the browser's tab, and takes focus after a change of page so that it is read out. */
import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';

/** The first page of a visit leaves focus at the start of the document, where the skip link is. */
let hasShownPage = false;

interface Props {
  readonly title: string;
  /** One sentence that says what the page is for. */
  readonly intro?: string;
  /** The page's own actions, beside the heading. */
  readonly children?: ReactNode;
}

export function PageTitle({ title, intro, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    document.title = `${title} – Porthor`;
  }, [title]);
  useEffect(() => {
    if (hasShownPage) heading.current?.focus();
    hasShownPage = true;
  }, []);
  return (
    <div className="page-title">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {intro === undefined ? null : <p className="quiet">{intro}</p>}
      </div>
      {children}
    </div>
  );
}
