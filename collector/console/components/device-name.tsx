/** A device in a cell: its name, and the numbers by which PCs recognise it. */
import { useWords } from '../words/words-context.tsx';

interface Props {
  readonly name: string;
  readonly vendorId: string;
  readonly productId: string;
  /** Absent: the whole model. */
  readonly serial?: string | undefined;
}

export function DeviceName({ name, vendorId, productId, serial }: Props) {
  const { text } = useWords();
  return (
    <>
      <bdi>{name === '' ? `${vendorId}:${productId}` : name}</bdi>
      <bdi className="second">
        {vendorId === '' ? '' : `${vendorId}:${productId} `}
        <span className="long">{serial ?? text('console-media.wholeModel')}</span>
      </bdi>
    </>
  );
}
