"use client";
import { usePathname } from "next/navigation";
import useSWR from "swr";
import { DESK_STATUS_PATH, fetchDeskStatus } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { ClockTime } from "@/components/ui/Age";
import { Banner } from "@/components/ui/Banner";
import { useNow } from "@/components/ui/Now";
import { longAge } from "@/components/ui/times";
import { CardsNotice } from "./CardsNotice";
import type { Count, DeskStatusResponse, MailSilence, WorkerSilence } from "@/lib/api/contracts";
import { PageLink } from "@/components/ui/PageLink";

/** A state shown here lasts for hours, so a slow refresh is enough. */
const REFRESH_MS = 15_000;
const MAIL_PAGE = "/dashboard/mail";
const STOPPED_PAGE = "/dashboard/dead-letters";

/** Banners on every page while no worker runs, cards cannot be posted, no mail comes in or other work has stopped. */
export function DeskNotices() {
  const { data, mutate } = useSWR<DeskStatusResponse>(DESK_STATUS_PATH, fetchDeskStatus, {
    refreshInterval: REFRESH_MS,
  });
  if (!data) return null;
  return (
    <>
      {data.worker && <WorkerNotice since={data.worker.since} />}
      <CardsNotice cards={data.cards} refresh={() => mutate()} />
      {data.mail.silence && <SilenceNotice silence={data.mail.silence} />}
      {data.stopped !== 0 && <StoppedNotice count={data.stopped} />}
    </>
  );
}

function WorkerNotice({ since }: WorkerSilence) {
  return (
    <Banner tone="unclaimed" icon="alert">
      {since === null ? (
        "Nothing works on mail and cards."
      ) : (
        <>
          Mail and cards have not been worked on since <ClockTime at={since} />.
        </>
      )}{" "}
      Ask whoever runs the desk to look at its worker.
    </Banner>
  );
}

function StoppedNotice({ count }: { count: Count }) {
  const member = useMember();
  const pathname = usePathname();
  if (member.role !== "admin" || pathname === STOPPED_PAGE) return null;
  return (
    <Banner
      tone="danger"
      icon="alert"
      action={
        <PageLink href={STOPPED_PAGE} className="font-semibold underline underline-offset-2">
          See what stopped
        </PageLink>
      }
    >
      {count === 1 ? "One piece of work has" : `${count} pieces of work have`} stopped after the last attempt.
    </Banner>
  );
}

function SilenceNotice({ silence: { since, usualGapMs } }: { silence: MailSilence }) {
  const now = useNow();
  const pathname = usePathname();
  return (
    <Banner
      tone="unclaimed"
      icon="alert"
      action={
        pathname !== MAIL_PAGE && (
          <PageLink href={MAIL_PAGE} className="font-semibold underline underline-offset-2">
            See the mail
          </PageLink>
        )
      }
    >
      No mail has come in for {longAge(now - Date.parse(since))}; usually one comes every {every(usualGapMs)}.
      Check that your mail server still forwards the support address to the desk.
    </Banner>
  );
}

/** "hour" or "20 minutes", to follow "every". */
function every(lengthMs: number): string {
  return longAge(lengthMs).replace(/^1 /, "");
}
