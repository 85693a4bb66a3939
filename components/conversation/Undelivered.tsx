import { Icon } from "@/components/ui/Icon";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { CardFoot } from "./CardFoot";

/** The recipients that a sent reply did not reach, with the words of their mail server. Nothing if it reached all. */
export function Undelivered({ undelivered }: Pick<TicketMessage, "undelivered">) {
  if (undelivered.length === 0) return null;
  return (
    <CardFoot isOurs className="grid gap-4">
      {undelivered.map(({ address, detail }) => (
        <div key={address} className="grid gap-2 md:pl-[38px]">
          <p className="flex items-start gap-2.5 font-semibold text-danger md:-ml-[26px]">
            <Icon name="alert" className="mt-0.5" />
            <span className="min-w-0 wrap-anywhere">
              Not delivered to <bdi>{address}</bdi>:
            </span>
          </p>
          <blockquote
            dir="auto"
            className="rounded-[6px] bg-sunken px-3 py-2 font-mono text-small/[18px] wrap-anywhere whitespace-pre-wrap text-ink-2"
          >
            {detail || "The mail server gave no reason."}
          </blockquote>
        </div>
      ))}
    </CardFoot>
  );
}
