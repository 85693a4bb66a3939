"use client";
import type { ReactNode } from "react";
import type { CountsResponse, DeskStatusResponse } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { useConnectionReport } from "@/components/client/Connection";
import { useNoteLooks } from "@/components/tickets/seen";
import { DeskNotices } from "./DeskNotices";
import { DeskProviders } from "./DeskProviders";
import { useMember } from "@/components/client/Member";
import { PhoneNav } from "./PhoneNav";
import { Rail } from "./Rail";
import { SignedOutBanner } from "./SignedOutBanner";
import { useCounts } from "@/components/client/use-counts";

type Props = {
  member: TeamMember;
  /** When the server rendered, ISO 8601. */
  now: string;
  counts: CountsResponse;
  /** What the server read; without it the notices come with the first answer. */
  status?: DeskStatusResponse;
  signOut: ReactNode;
  children: ReactNode;
};

/** The desk around every page: navigation, counters, who is signed in, and whether what is shown is fresh. */
export function AppShell({ member, now, counts, status, signOut, children }: Props) {
  return (
    <DeskProviders member={member} now={now} counts={counts} status={status}>
      <Frame signOut={signOut}>{children}</Frame>
    </DeskProviders>
  );
}

function Frame({ signOut, children }: Pick<Props, "signOut" | "children">) {
  const { counts, error } = useCounts();
  useConnectionReport(error);
  useNoteLooks(useMember().id);
  return (
    <div className="grid h-dvh grid-rows-[minmax(0,1fr)_auto] bg-surface md:grid-cols-[var(--rail)_minmax(0,1fr)] md:grid-rows-1">
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-control bg-accent px-3 py-2 font-semibold text-on-accent focus:translate-y-0"
      >
        Skip to the tickets
      </a>
      <Rail counts={counts} signOut={signOut} />
      <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-col overflow-y-auto outline-none">
        <SignedOutBanner />
        <DeskNotices />
        {children}
      </main>
      <PhoneNav counts={counts} signOut={signOut} />
    </div>
  );
}
