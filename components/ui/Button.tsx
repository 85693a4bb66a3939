import type { ComponentProps, MouseEvent, ReactNode } from "react";
import { classNames } from "./class-names";
import { Icon, type IconName } from "./Icon";
import { Kbd } from "./Kbd";
import { OwnerRing } from "./OwnerRing";
import { PageLink } from "./PageLink";

export type ButtonVariant = "solid" | "tinted" | "plain" | "ghost" | "danger";
/** `control` is for a pointer, `touch` for a thumb; `auto` is a control that grows to a touch target on a phone. */
export type ButtonSize = "control" | "big" | "touch" | "auto";

type Look = {
  variant?: ButtonVariant;
  size?: ButtonSize;
  icon?: IconName;
  /** The button's shortcut, shown as a key cap on wide screens. */
  keyCap?: string;
};

type Props = ComponentProps<"button"> &
  Look & {
    /** Waits for an answer: the button keeps its width and focus, and ignores clicks. */
    pending?: boolean;
    /** The label while pending, if it differs. */
    pendingLabel?: string;
  };

const VARIANTS: Record<ButtonVariant, string> = {
  solid: "border-transparent bg-accent font-semibold text-on-accent shadow-solid live-hover:bg-accent-hover",
  tinted:
    "border-mine-line bg-mine-soft font-semibold text-mine aria-disabled:border-transparent aria-disabled:bg-transparent live-hover:border-transparent live-hover:bg-accent live-hover:text-on-accent",
  plain: "border-line-strong bg-raised font-medium text-ink shadow-control live-hover:bg-hover",
  ghost: "border-transparent font-medium text-ink-2 live-hover:bg-hover live-hover:text-ink",
  danger: "border-danger-line bg-danger-soft font-medium text-danger live-hover:border-danger",
};

const SIZES: Record<ButtonSize, string> = {
  control: "h-(--control) rounded-control px-[11px]",
  big: "h-9 rounded-control px-3.5",
  touch: "h-(--touch) rounded-touch px-4 text-touch",
  auto: "h-(--control) rounded-control px-[11px] max-md:h-(--touch) max-md:rounded-touch max-md:px-4 max-md:text-touch",
};

function lookOf({ variant = "plain", size = "control" }: Look, className?: string): string {
  return classNames(
    "relative inline-flex flex-none items-center justify-center gap-[7px] border whitespace-nowrap select-none",
    "transition-[background-color,border-color,color] disabled:border-dashed disabled:border-line-strong",
    "disabled:bg-transparent disabled:text-ink-3 disabled:shadow-none",
    VARIANTS[variant],
    SIZES[size],
    className,
  );
}

function Content({ variant = "plain", icon, keyCap, children }: Look & { children: ReactNode }) {
  return (
    <>
      {icon && (
        <Icon name={icon} className={variant === "plain" || variant === "ghost" ? "text-ink-2" : undefined} />
      )}
      {children}
      {keyCap && (
        <span className="-mr-1 grid max-md:hidden">
          <Kbd on={variant === "solid" ? "accent" : "surface"}>{keyCap}</Kbd>
        </span>
      )}
    </>
  );
}

export function Button({
  variant,
  size,
  icon,
  keyCap,
  pending = false,
  pendingLabel,
  className,
  onClick,
  children,
  type = "button",
  ...rest
}: Props) {
  function handleClick(event: MouseEvent<HTMLButtonElement>) {
    if (pending) event.preventDefault();
    else onClick?.(event);
  }
  return (
    <button
      type={type}
      aria-disabled={pending || undefined}
      {...rest}
      onClick={handleClick}
      className={lookOf({ variant, size }, className)}
    >
      {/* Kept in the flow while pending, so that the button keeps its width. */}
      <span className={classNames("inline-flex min-w-0 items-center gap-[7px]", pending && "invisible")}>
        <Content variant={variant} icon={icon} keyCap={keyCap}>
          {children}
        </Content>
      </span>
      {pending && (
        <span className="absolute inset-0 inline-flex items-center justify-center gap-1.5">
          <OwnerRing state="pending" />
          {pendingLabel ?? children}
        </span>
      )}
    </button>
  );
}

type LinkProps = ComponentProps<typeof PageLink> & Look;

/** A link that looks like a button. */
export function ButtonLink({ variant, size, icon, keyCap, className, children, ...rest }: LinkProps) {
  return (
    <PageLink {...rest} className={lookOf({ variant, size }, className)}>
      <Content variant={variant} icon={icon} keyCap={keyCap}>
        {children}
      </Content>
    </PageLink>
  );
}
