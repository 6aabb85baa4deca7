/** For an address of the console that has no page. */
import { Link } from 'react-router';
import { PageTitle } from '../components/page-title.tsx';
import { useWords } from '../words/words-context.tsx';

export function NoSuchPage() {
  const { text } = useWords();
  return (
    <>
      <PageTitle title={text('console.noSuchPage')} />
      <p>
        <Link to="/">{text('console.toStart')}</Link>
      </p>
    </>
  );
}
