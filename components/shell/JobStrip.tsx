import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import { Icon, type IconName } from "@/components/ui/Icon";

type Props = {
  /** Something is left to do, or it waits. */
  isOpen: boolean;
  icon: IconName;
  acts: ReactNode;
  /** Along the lower edge. */
  meter?: ReactNode;
  children: ReactNode;
};

/** One job: as high while it runs as after that, so that nothing moves when it ends. */
export function JobStrip({ isOpen, icon, acts, meter, children }: Props) {
  return (
    <div
      role="status"
      className="pointer-events-auto relative flex min-h-14 w-full max-w-190 items-center gap-3 overflow-hidden rounded-card border border-line-strong bg-raised py-2 pr-2 pl-3.5 text-ink shadow-float max-md:min-h-28 max-md:flex-col max-md:items-stretch max-md:gap-1"
    >
      <div className="flex min-w-0 flex-1 items-center gap-2.5">
        <Icon name={icon} className={classNames("flex-none", isOpen ? "text-unclaimed" : "text-others")} />
        <div className="min-w-0 flex-1 wrap-anywhere">{children}</div>
      </div>
      <div className="flex flex-none flex-wrap items-center justify-end gap-2">{acts}</div>
      {meter}
    </div>
  );
}
