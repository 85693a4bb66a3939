type Props = { name: string; count?: string; order: string };

/** The heading above a group of rows, inside their list: its name, how many there are, and their order. */
export function GroupHeading({ name, count, order }: Props) {
  return (
    <li className="flex h-[34px] items-center gap-2 border-b border-line bg-canvas px-5 text-small max-md:px-4">
      <h2 className="flex min-w-0 gap-2 font-semibold">
        <span className="cut">{name}</span>
        {count && <span className="font-normal text-ink-3 tabular-nums"> {count}</span>}
      </h2>
      <span className="ml-auto flex-none text-ink-3">{order}</span>
    </li>
  );
}
