import { useId, type ReactNode } from "react";

type Props = { title: string; about: string; children: ReactNode };

/** One rule of the team: its name and meaning at the left, its fields at the right, on a phone below. */
export function RuleRow({ title, about, children }: Props) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="grid gap-x-6 gap-y-3 border-t border-line px-5 py-4 md:grid-cols-[minmax(0,15rem)_minmax(0,1fr)] max-md:px-4"
    >
      <div>
        <h3 id={id} className="font-semibold">
          {title}
        </h3>
        <p className="mt-0.5 text-small text-pretty text-ink-2">{about}</p>
      </div>
      <div className="grid min-w-0 content-start gap-4">{children}</div>
    </section>
  );
}
