/** Figures by week as stacked bars, with the same figures as a table for those who do not see the picture. */
import { useMemo } from 'react';
import { formatCalendarDate } from '../../../shared/i18n/format-date.ts';
import { useWords } from '../words/words-context.tsx';
import { type Column, DataTable } from './data-table.tsx';

export interface Series {
  readonly id: string;
  readonly name: string;
  /** Which of the chart's fills; each has a pattern of its own, so that colour is never alone. */
  readonly fill: 'good' | 'bad' | 'limited' | 'plain';
  /** One for each week. */
  readonly values: readonly number[];
}

interface Props {
  readonly title: string;
  readonly note?: string;
  /** Last day of each week, `YYYY-MM-DD`, oldest first. */
  readonly weeks: readonly string[];
  readonly series: readonly Series[];
  /** The height of the picture; default: the highest bar. */
  readonly most?: number;
}

const size = { width: 440, height: 150, left: 36, bottom: 22, top: 10 };
/** Every second week has its date below, so that it can be read on a telephone. */
const weeksPerDate = 2;

function Bars({ weeks, series, most }: Required<Pick<Props, 'weeks' | 'series' | 'most'>>) {
  const step = (size.width - size.left) / weeks.length;
  const floor = size.height - size.bottom;
  const scale = (floor - size.top) / most;
  return (
    <svg className="chart" viewBox={`0 0 ${size.width} ${size.height}`} aria-hidden="true">
      {[0, most].map((value) => (
        <g key={value}>
          <line
            className="chart-line"
            x1={size.left}
            x2={size.width}
            y1={floor - value * scale}
            y2={floor - value * scale}
          />
          <text className="chart-text" x={size.left - 6} y={floor - value * scale + 4} textAnchor="end">
            {value}
          </text>
        </g>
      ))}
      {weeks.map((week, index) => {
        let below = 0;
        const left = size.left + index * step + step * 0.15;
        return (
          <g key={week}>
            {series.map(({ id, fill, values }) => {
              const height = (values[index] ?? 0) * scale;
              below += height;
              return (
                <rect
                  key={id}
                  className={`chart-${fill}`}
                  x={left}
                  y={floor - below}
                  width={step * 0.7}
                  height={height}
                />
              );
            })}
            {(weeks.length - 1 - index) % weeksPerDate === 0 ? (
              <text className="chart-text" x={left + step * 0.35} y={size.height - 4} textAnchor="middle">
                {`${Number(week.slice(8))}/${Number(week.slice(5, 7))}`}
              </text>
            ) : null}
          </g>
        );
      })}
    </svg>
  );
}

export function WeekChart({ title, note, weeks, series, most }: Props) {
  const { text, language } = useWords();
  const highest = Math.max(
    1,
    ...weeks.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0)),
  );
  const columns = useMemo(
    (): readonly Column<number>[] => [
      {
        id: 'week',
        heading: text('console-overview.weekTo'),
        isRowHeading: true,
        cell: (index) => formatCalendarDate(weeks[index] ?? '', language),
      },
      ...series.map(({ id, name, values }) => ({
        id,
        heading: name,
        isNumber: true,
        cell: (index: number) => values[index] ?? 0,
      })),
    ],
    [text, language, weeks, series],
  );
  return (
    <figure className="week-chart">
      <figcaption>{title}</figcaption>
      <Bars weeks={weeks} series={series} most={Math.max(most ?? 0, highest)} />
      <ul className="legend">
        {series.map(({ id, name, fill }) => (
          <li key={id}>
            <svg className="legend-key" viewBox="0 0 16 16" aria-hidden="true">
              <rect className={`chart-${fill}`} width="16" height="16" />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      {note === undefined ? null : <p className="quiet hint">{note}</p>}
      <details className="no-print">
        <summary>{text('console-overview.asTable')}</summary>
        <DataTable
          caption={title}
          columns={columns}
          rows={weeks.map((_, index) => index)}
          keyOf={(index) => String(index)}
        />
      </details>
    </figure>
  );
}
