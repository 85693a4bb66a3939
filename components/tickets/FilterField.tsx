"use client";
import type { ReactNode } from "react";
import { Icon } from "@/components/ui/Icon";
import { Menu } from "@/components/ui/Menu";
import { PageLink } from "@/components/ui/PageLink";

type Props = { name: string; value: string | undefined; clearHref: string; children: ReactNode };

/** A filter with its menu of values: dashed while it is not set, else with a cross that clears it. */
export function FilterField({ name, value, clearHref, children }: Props) {
  const shape =
    "h-6 items-center rounded-[6px] text-small font-medium max-md:h-10 max-md:rounded-card max-md:text-ui";
  if (value === undefined) {
    return (
      <Menu
        label={`Filter by ${name.toLowerCase()}`}
        trigger={
          <>
            <Icon name="plus" size={12} />
            {name}
          </>
        }
        triggerClassName={`${shape} inline-flex gap-[5px] border border-dashed border-line-strong px-2 text-ink-2 hover:bg-hover aria-expanded:bg-hover max-md:px-3`}
      >
        {children}
      </Menu>
    );
  }
  return (
    <span className={`${shape} inline-flex min-w-0 border border-line-strong`}>
      <Menu
        label={`${name}: ${value}. Change`}
        className="min-w-0"
        trigger={
          <>
            <span className="font-normal text-ink-3">{name}</span>
            <span className="cut">{value}</span>
          </>
        }
        triggerClassName="flex h-full max-w-full items-center gap-[5px] rounded-[5px] pr-0.5 pl-2 max-md:pl-3"
      >
        {children}
      </Menu>
      <PageLink
        href={clearHref}
        aria-label={`Remove filter: ${name.toLowerCase()}`}
        className="grid h-full w-6 flex-none place-items-center rounded-[5px] text-ink-3 hover:text-ink max-md:w-9"
      >
        <Icon name="x" size={12} />
      </PageLink>
    </span>
  );
}
