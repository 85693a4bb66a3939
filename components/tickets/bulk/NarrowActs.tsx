"use client";
import type { ComponentProps } from "react";
import { classNames } from "@/components/ui/class-names";
import { Icon, type IconName } from "@/components/ui/Icon";
import { OwnerRing } from "@/components/ui/OwnerRing";
import { countText } from "./bulk-words";
import { isNothingOffered } from "./offered-acts";
import { NOTHING_OFFERED } from "./SelectionBar";
import { StatusOfMany } from "./StatusOfMany";
import type { SelectionActs } from "./use-selection-acts";

const PLACE =
  "grid h-14 w-full place-content-center justify-items-center gap-1 text-ink-2 outline-offset-[-4px] disabled:text-ink-3";

/** In a narrow window the acts on the selected tickets; on a phone in place of the navigation, which hides meanwhile. */
export function NarrowActs({ acts }: { acts: SelectionActs }) {
  const { offered, pending, count, run, assign } = acts;
  const isBusy = pending !== null;
  const sentence = count === 0 ? "Choose tickets to act on them." : NOTHING_OFFERED;
  const isQuiet = count === 0 || isNothingOffered(offered);
  return (
    <div
      data-phone-acts
      role="group"
      aria-label="Actions for the selection"
      className="z-20 grid flex-none auto-cols-fr grid-flow-col border-t border-line bg-canvas pb-[env(safe-area-inset-bottom)] lg:hidden"
    >
      {isQuiet && <p className="grid h-14 place-content-center px-4 text-center text-ink-2">{sentence}</p>}
      {!isQuiet && offered.claim && (
        <Act
          icon="mine"
          isPending={pending === "claim"}
          disabled={isBusy}
          className="text-mine"
          onClick={() => run({ action: "claim" })}
        >
          Claim{acts.selection.isAllMatching ? "" : ` ${countText(count)}`}
        </Act>
      )}
      {!isQuiet && offered.assign && (
        <Act icon="plus" isPending={pending === "reassign"} disabled={isBusy} onClick={assign}>
          Assign…
        </Act>
      )}
      {!isQuiet &&
        offered.status &&
        (isBusy ? (
          <Act icon="statusInProgress" isPending={pending === "status"} disabled>
            Status…
          </Act>
        ) : (
          <StatusOfMany
            claims={acts.isAnyUnassigned}
            side="above"
            onChoose={(status) => run({ action: "status", status })}
            trigger={<Face icon="statusInProgress">Status…</Face>}
            triggerClassName={PLACE}
          />
        ))}
      {!isQuiet && offered.unclaim && (
        <Act
          icon="release"
          isPending={pending === "unclaim"}
          disabled={isBusy}
          onClick={() => run({ action: "unclaim" })}
        >
          Unclaim
        </Act>
      )}
    </div>
  );
}

type FaceProps = { icon: IconName; isPending?: boolean; children: ComponentProps<"button">["children"] };

function Act({
  icon,
  isPending,
  disabled,
  children,
  className,
  onClick,
  ...rest
}: FaceProps & ComponentProps<"button">) {
  return (
    // Under way it ignores clicks, but keeps the focus.
    <button
      type="button"
      {...rest}
      disabled={disabled && !isPending}
      aria-disabled={isPending || undefined}
      onClick={isPending ? undefined : onClick}
      className={classNames(PLACE, className)}
    >
      <Face icon={icon} isPending={isPending}>
        {children}
      </Face>
    </button>
  );
}

function Face({ icon, isPending = false, children }: FaceProps) {
  return (
    <>
      <span className="grid size-5 place-items-center">
        {isPending ? <OwnerRing state="pending" /> : <Icon name={icon} size={20} />}
      </span>
      <span className="text-micro font-medium">{children}</span>
    </>
  );
}
