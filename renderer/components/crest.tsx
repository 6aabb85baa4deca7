/** A neutral monogram instead of a school's crest: the first letter of the school's name under an arch. */
interface Props {
  readonly siteName: string;
}

export function Crest({ siteName }: Props) {
  const initial = [...siteName.trim()][0]?.toLocaleUpperCase() ?? '';
  return (
    <svg className="crest" viewBox="0 0 48 56" aria-hidden="true" focusable="false">
      <path className="crest-arch" d="M2 54V24a22 22 0 0 1 44 0v30z" />
      {initial === '' ? (
        <path className="crest-door" d="M14 54V25a10 10 0 0 1 20 0v29z" />
      ) : (
        <text className="crest-letter" x="24" y="41" textAnchor="middle">
          {initial}
        </text>
      )}
    </svg>
  );
}
