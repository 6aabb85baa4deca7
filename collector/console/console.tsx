/** Chooses the page by address and by who is signed in. Pages load when they are first opened. */
import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router';
import { pageAddresses } from '../../shared/console/pages.ts';
import { MeProvider, useSession } from './api/session.tsx';
import { Loading } from './components/loading.tsx';
import { RefusalNotice } from './components/refusal-notice.tsx';
import { LinkPage } from './pages/link-page.tsx';
import { NoSuchPage } from './pages/no-such-page.tsx';
import { SignInPage } from './pages/sign-in-page.tsx';
import { Shell, VisitorShell } from './shell/shell.tsx';

const OverviewPage = lazy(async () => ({
  default: (await import('./pages/overview-page.tsx')).OverviewPage,
}));
const LeadershipPage = lazy(async () => ({
  default: (await import('./pages/leadership-page.tsx')).LeadershipPage,
}));
const AcknowledgementsPage = lazy(async () => ({
  default: (await import('./pages/acknowledgements-page.tsx')).AcknowledgementsPage,
}));
const AcknowledgementPage = lazy(async () => ({
  default: (await import('./pages/acknowledgement-page.tsx')).AcknowledgementPage,
}));
const PeoplePage = lazy(async () => ({ default: (await import('./pages/people-page.tsx')).PeoplePage }));
const OutstandingPage = lazy(async () => ({
  default: (await import('./pages/outstanding-page.tsx')).OutstandingPage,
}));
const AccountMatchesPage = lazy(async () => ({
  default: (await import('./pages/account-matches-page.tsx')).AccountMatchesPage,
}));
const RosterImportPage = lazy(async () => ({
  default: (await import('./pages/roster-import-page.tsx')).RosterImportPage,
}));
const PersonPage = lazy(async () => ({ default: (await import('./pages/person-page.tsx')).PersonPage }));
const CountersignPage = lazy(async () => ({
  default: (await import('./pages/countersign-page.tsx')).CountersignPage,
}));
const PoliciesPage = lazy(async () => ({
  default: (await import('./pages/policies-page.tsx')).PoliciesPage,
}));
const PolicyPage = lazy(async () => ({ default: (await import('./pages/policy-page.tsx')).PolicyPage }));
const PersonnelFilesPage = lazy(async () => ({
  default: (await import('./pages/personnel-files-page.tsx')).PersonnelFilesPage,
}));
const PcsPage = lazy(async () => ({ default: (await import('./pages/pcs-page.tsx')).PcsPage }));
const PcPage = lazy(async () => ({ default: (await import('./pages/pc-page.tsx')).PcPage }));
const EnrolmentPage = lazy(async () => ({
  default: (await import('./pages/enrolment-page.tsx')).EnrolmentPage,
}));
const MediaPage = lazy(async () => ({ default: (await import('./pages/media-page.tsx')).MediaPage }));
const AccountsPage = lazy(async () => ({
  default: (await import('./pages/accounts-page.tsx')).AccountsPage,
}));
const OwnAccountPage = lazy(async () => ({
  default: (await import('./pages/own-account-page.tsx')).OwnAccountPage,
}));

function Pages() {
  const session = useSession();
  if (session.isPending) return <Loading />;
  if (session.error !== null) {
    return (
      <VisitorShell>
        <RefusalNotice error={session.error} />
      </VisitorShell>
    );
  }
  const { me } = session.data;
  if (me === undefined) {
    return (
      <VisitorShell>
        <SignInPage />
      </VisitorShell>
    );
  }
  return (
    <MeProvider value={me}>
      <Shell>
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route path={pageAddresses.overview} element={<OverviewPage />} />
            <Route path={pageAddresses.leadership} element={<LeadershipPage />} />
            <Route path={pageAddresses.acknowledgements} element={<AcknowledgementsPage />} />
            <Route path={pageAddresses.acknowledgement} element={<AcknowledgementPage />} />
            <Route path={pageAddresses.people} element={<PeoplePage />} />
            <Route path={pageAddresses.outstanding} element={<OutstandingPage />} />
            <Route path={pageAddresses.accountMatches} element={<AccountMatchesPage />} />
            <Route path={pageAddresses.rosterImport} element={<RosterImportPage />} />
            <Route path={pageAddresses.person} element={<PersonPage />} />
            <Route path={pageAddresses.countersign} element={<CountersignPage />} />
            <Route path={pageAddresses.policies} element={<PoliciesPage />} />
            <Route path={pageAddresses.policy} element={<PolicyPage />} />
            <Route path={pageAddresses.personnelFiles} element={<PersonnelFilesPage />} />
            <Route path={pageAddresses.pcs} element={<PcsPage />} />
            <Route path={pageAddresses.pc} element={<PcPage />} />
            <Route path={pageAddresses.enrolment} element={<EnrolmentPage />} />
            <Route path={pageAddresses.media} element={<MediaPage />} />
            <Route path={pageAddresses.accounts} element={<AccountsPage />} />
            <Route path={pageAddresses.ownAccount} element={<OwnAccountPage />} />
            <Route path="*" element={<NoSuchPage />} />
          </Routes>
        </Suspense>
      </Shell>
    </MeProvider>
  );
}

export function Console() {
  return (
    <Routes>
      <Route
        path={pageAddresses.signIn}
        element={
          <VisitorShell>
            <LinkPage />
          </VisitorShell>
        }
      />
      <Route path="*" element={<Pages />} />
    </Routes>
  );
}
