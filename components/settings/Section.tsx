import { useId, type ReactNode } from "react";

type Props = { title: string; about?: ReactNode; children: ReactNode };

/** A titled part of a settings page. */
export function Section({ title, about, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="text-[15px]/6 font-semibold tracking-[-.01em]">
        {title}
      </h2>
      {about && <p className="mt-0.5 max-w-140 text-pretty text-ink-2">{about}</p>}
      <div className="mt-3">{children}</div>
    </section>
  );
}
