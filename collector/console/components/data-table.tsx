/** A table of rows from the collector. On a narrow screen each row is a card with the headings in it. */
import { type ReactNode, useId } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly heading: string;
  /** The cell that names the row for a screen reader. */
  readonly isRowHeading?: boolean;
  /** Numbers stand at the end of their column. */
  readonly isNumber?: boolean;
  cell(row: Row): ReactNode;
}

interface Props<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  keyOf(row: Row): string;
  /** Rows that arrived while the page was open. */
  isNew?(row: Row): boolean;
}

export function DataTable<Row>({ caption, columns, rows, keyOf, isNew }: Props<Row>) {
  const captionId = useId();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without focus a keyboard could not scroll the region
    <section className="table-region" aria-labelledby={captionId} tabIndex={0}>
      <table>
        <caption id={captionId}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ id, heading, isNumber }) => (
              <th key={id} scope="col" className={isNumber === true ? 'number' : undefined}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={isNew?.(row) === true ? 'new' : undefined}>
              {columns.map(({ id, heading, cell, isRowHeading, isNumber }) =>
                isRowHeading === true ? (
                  <th key={id} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={id} data-heading={heading} className={isNumber === true ? 'number' : undefined}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
