/** The frame around every page: skip link, school, navigation by role, language, and who is signed in. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { NavLink, useLocation } from 'react-router';
import { pageAddresses } from '../../../shared/console/pages.ts';
import { tell } from '../api/client.ts';
import { useMe } from '../api/session.tsx';
import { useWords } from '../words/words-context.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { listedPages } from './page-list.ts';

function Navigation({ onChoose }: { readonly onChoose: () => void }) {
  const { text } = useWords();
  const { acts } = useMe();
  return (
    <ul>
      {listedPages
        .filter(({ act }) => acts.includes(act))
        .map(({ address, title }) => (
          <li key={address}>
            <NavLink to={address} end={address === '/'} onClick={onChoose}>
              {text(title)}
            </NavLink>
          </li>
        ))}
    </ul>
  );
}

function SignedIn() {
  const { text } = useWords();
  const me = useMe();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => tell('DELETE', '/api/session'),
    // Names must not stay in the browser's memory for the next person.
    onSettled: () => {
      queries.clear();
      window.location.assign('/');
    },
  });
  const name = me.name === '' ? text('console.serverTechnician') : me.name;
  return (
    <div className="who">
      {me.accountId === '' ? (
        <span>{name}</span>
      ) : (
        <NavLink to={pageAddresses.ownAccount}>
          <span className="visually-hidden">{text('console.ownAccount')}: </span>
          <bdi>{name}</bdi>
        </NavLink>
      )}
      <button type="button" className="button button-small" onClick={() => signOut.mutate()}>
        {text('console.signOut')}
      </button>
    </div>
  );
}

export function Shell({ children }: { readonly children: ReactNode }) {
  const { text } = useWords();
  const { schoolName } = useMe();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the menu
  useEffect(() => setMenuOpen(false), [pathname]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {text('console.skip')}
      </a>
      <header className="banner">
        <p className="product">
          Porthor
          {schoolName === '' ? null : <bdi className="school">{schoolName}</bdi>}
        </p>
        <LanguageSwitch />
        <SignedIn />
      </header>
      <nav className="navigation" aria-label={text('console.navigation')} data-open={isMenuOpen}>
        <button
          type="button"
          className="button button-small menu-button"
          aria-expanded={isMenuOpen}
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          {text('console.menu')}
        </button>
        <Navigation onChoose={() => setMenuOpen(false)} />
      </nav>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

/** The frame for a visitor: no navigation and no name. */
export function VisitorShell({ children }: { readonly children: ReactNode }) {
  return (
    <div className="visitor">
      <header className="banner">
        <p className="product">Porthor</p>
        <LanguageSwitch />
      </header>
      <main id="main" tabIndex={-1} className="narrow">
        {children}
      </main>
    </div>
  );
}
