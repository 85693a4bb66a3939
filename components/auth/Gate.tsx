import type { ReactNode } from "react";
import { Mark } from "@/components/ui/Mark";

type Props = { title: string; intro?: ReactNode; children: ReactNode };

/** The frame of the pages outside the desk: one task, centred. */
export function Gate({ title, intro, children }: Props) {
  return (
    <main className="grid min-h-dvh place-content-center justify-items-center bg-canvas px-4 pt-6 pb-10">
      <Mark className="mb-5 size-11" />
      <h1 className="text-center text-[22px]/[30px] font-semibold tracking-[-.02em]">{title}</h1>
      {intro && <p className="mt-1 max-w-[384px] text-center text-balance text-ink-2">{intro}</p>}
      <div className="mt-6 grid w-[min(384px,calc(100vw-32px))]">{children}</div>
    </main>
  );
}
