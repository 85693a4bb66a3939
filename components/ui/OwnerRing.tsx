import { classNames } from "./class-names";

type Props = { state: "nobody" | "somebody" | "you" | "pending"; className?: string };

/** Who holds a ticket: dashed for nobody, with a dot for somebody, blue for you, an arc while it is pending. */
export function OwnerRing({ state, className }: Props) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={classNames(
        "size-[13px] flex-none fill-none stroke-current stroke-[1.8]",
        state === "you" && "text-accent",
        className,
      )}
    >
      {state === "nobody" && (
        <circle cx="8" cy="8" r="6.3" strokeDasharray="2 2.4" strokeLinecap="round" strokeWidth="1.7" />
      )}
      {(state === "somebody" || state === "you") && (
        <>
          <circle cx="8" cy="8" r="6.3" />
          <circle cx="8" cy="8" r="2.6" className="fill-current stroke-none" />
        </>
      )}
      {state === "pending" && (
        <>
          <circle cx="8" cy="8" r="6.3" opacity=".25" />
          <circle
            cx="8"
            cy="8"
            r="6.3"
            strokeDasharray="11 40"
            strokeLinecap="round"
            className="origin-center animate-turn motion-reduce:animate-none"
          />
        </>
      )}
    </svg>
  );
}
