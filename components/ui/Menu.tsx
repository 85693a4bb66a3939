"use client";
import {
  createContext,
  use,
  useEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from "react";
import { classNames } from "./class-names";
import { Icon, type IconName } from "./Icon";
import { itemsOf, moveFocus } from "./menu-focus";
import { MENU_ITEM } from "./menu-item";
import { PageLink } from "./PageLink";

/** Room that a list at the start of its button may need. */
const LIST_MAX_PX = 260;

const CloseMenu = createContext<() => void>(() => {});

type Props = {
  /** Content of the button. */
  trigger: ReactNode;
  triggerClassName: string;
  /** The button's accessible name, if its content is not enough. */
  label?: string;
  /** Where the list opens; by default below, or above if the button is low in the window. */
  side?: "above" | "below";
  /** Which edge of the button the list keeps; by default the start, or the end if the window has no room. */
  align?: "start" | "end";
  className?: string;
  children: ReactNode;
};

/** A button that opens a list of choices. Arrows move, letters jump, Escape and a click elsewhere close. */
export function Menu({ trigger, triggerClassName, label, side, align, className, children }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const [isLow, setIsLow] = useState(false);
  const [isFar, setIsFar] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return;
    (list.current?.querySelector<HTMLElement>("[aria-checked=true]") ?? itemsOf(list.current)[0])?.focus();
    function handlePointer(event: PointerEvent) {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setIsOpen(false);
    }
    document.addEventListener("pointerdown", handlePointer);
    return () => document.removeEventListener("pointerdown", handlePointer);
  }, [isOpen]);

  function open() {
    const { bottom, left } = button.current?.getBoundingClientRect() ?? { bottom: 0, left: 0 };
    setIsLow(bottom > window.innerHeight * 0.6);
    setIsFar(left + LIST_MAX_PX > window.innerWidth);
    setIsOpen(true);
  }
  function close() {
    setIsOpen(false);
    button.current?.focus();
  }

  function handleKey(event: KeyboardEvent) {
    if (event.key === "Tab") setIsOpen(false);
    else if (event.key === "Escape") close();
    else if (!moveFocus(list.current, event.key)) return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div ref={root} className={classNames("relative", className)}>
      <button
        ref={button}
        type="button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={label}
        className={triggerClassName}
        onClick={() => (isOpen ? setIsOpen(false) : open())}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          open();
        }}
      >
        {trigger}
      </button>
      {isOpen && (
        <div
          ref={list}
          id={id}
          role="menu"
          aria-label={label}
          tabIndex={-1}
          onKeyDown={handleKey}
          className={classNames(
            "absolute z-30 grid max-h-[min(60vh,420px)] min-w-50 animate-rise gap-px overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-float",
            (side ?? (isLow ? "above" : "below")) === "below" ? "top-full mt-1" : "bottom-full mb-1",
            (align ?? (isFar ? "end" : "start")) === "start" ? "left-0" : "right-0",
          )}
        >
          <CloseMenu value={close}>{children}</CloseMenu>
        </div>
      )}
    </div>
  );
}

type ItemProps = {
  icon?: ReactNode;
  /** Given for a choice that can be chosen or not: one of several, unless `isSwitch`. */
  isChecked?: boolean;
  /** Switched on or off independently of the other choices. */
  isSwitch?: boolean;
  stayOpen?: boolean;
  onSelect: () => void;
  children: ReactNode;
};

export function MenuItem({
  icon,
  isChecked,
  isSwitch = false,
  stayOpen = false,
  onSelect,
  children,
}: ItemProps) {
  const close = use(CloseMenu);
  const choiceRole = isSwitch ? "menuitemcheckbox" : "menuitemradio";
  const role = isChecked === undefined ? "menuitem" : choiceRole;
  return (
    <button
      type="button"
      role={role}
      aria-checked={isChecked}
      tabIndex={-1}
      className={MENU_ITEM}
      onClick={() => {
        onSelect();
        if (!stayOpen) close();
      }}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {isChecked !== undefined && (
        <Icon name="check" size={14} className={isChecked ? "text-mine" : "invisible"} />
      )}
    </button>
  );
}

type LinkProps = { href: string; icon?: ReactNode; isChecked?: boolean; children: ReactNode };

/** A choice that is a link, so that it can be opened in a new tab. */
export function MenuLink({ href, icon, isChecked, children }: LinkProps) {
  const close = use(CloseMenu);
  return (
    <PageLink
      href={href}
      role={isChecked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={isChecked}
      tabIndex={-1}
      className={MENU_ITEM}
      onClick={close}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {isChecked !== undefined && (
        <Icon name="check" size={14} className={isChecked ? "text-mine" : "invisible"} />
      )}
    </PageLink>
  );
}

export function MenuIcon({ name }: { name: IconName }) {
  return <Icon name={name} className="text-ink-3" />;
}

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className="grid gap-px">
      <div id={id} className="max-w-60 px-2.5 pt-2 pb-1 text-micro font-medium wrap-anywhere text-ink-3">
        {label}
      </div>
      {children}
    </div>
  );
}

export function MenuLine() {
  return <div role="separator" className="mx-[-4px] my-1 border-t border-line" />;
}
