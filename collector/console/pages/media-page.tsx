/** Removable media: requests for approval, the device register, and the devices that PCs have seen. */
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { SeenDevice } from '../../../shared/console/media.ts';
import { useMay } from '../api/session.tsx';
import { PageTitle } from '../components/page-title.tsx';
import { useWords } from '../words/words-context.tsx';
import { IssueForm } from './media-issue-form.tsx';
import { MediaRegister } from './media-register.tsx';
import { MediaRequests } from './media-requests.tsx';
import { SeenDevices } from './media-seen.tsx';

const views = ['requests', 'register', 'seen'] as const;

export function MediaPage() {
  const { text } = useWords();
  const [parameters] = useSearchParams();
  const view = views.find((one) => one === parameters.get('view')) ?? 'requests';
  const [chosen, setChosen] = useState<SeenDevice>();
  const mayManage = useMay('media:manage');
  const names = {
    requests: text('console-media.view.requests'),
    register: text('console-media.view.register'),
    seen: text('console-media.view.seen'),
  };
  return (
    <>
      <PageTitle title={text('console-media.title')} intro={text('console-media.intro')} />
      <nav className="views no-print" aria-label={text('console-media.views')}>
        {views.map((one) => (
          <Link key={one} to={`?view=${one}`} aria-current={one === view ? 'page' : undefined}>
            {names[one]}
          </Link>
        ))}
      </nav>
      <section>
        <h2>{names[view]}</h2>
        {view === 'requests' ? <MediaRequests /> : null}
        {view === 'register' ? <MediaRegister /> : null}
        {view === 'seen' ? <SeenDevices {...(mayManage ? { onIssue: setChosen } : {})} /> : null}
      </section>
      {mayManage && (view === 'register' || chosen !== undefined) ? (
        <IssueForm key={chosen?.serial ?? ''} device={chosen} />
      ) : null}
    </>
  );
}
