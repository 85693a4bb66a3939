import { classNames } from "./class-names";

/** The product's logo: an owner ring on a ticket. */
export function Mark({ className = "size-5.5" }: { className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={classNames("flex-none", className)}>
      <path
        className="fill-accent"
        d="M6 1h12a5 5 0 0 1 5 5v3.1a3 3 0 0 0 0 5.8V18a5 5 0 0 1-5 5H6a5 5 0 0 1-5-5v-3.1a3 3 0 0 0 0-5.8V6a5 5 0 0 1 5-5z"
      />
      <path
        className="fill-none stroke-on-accent [stroke-linecap:round]"
        strokeWidth="2"
        d="M15.4 8.2a5.1 5.1 0 1 0 0 7.6"
      />
      <circle className="fill-on-accent" cx="12" cy="12" r="2" />
    </svg>
  );
}
