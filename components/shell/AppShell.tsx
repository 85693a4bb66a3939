"use client";
import type { ComponentProps, ReactNode } from "react";
import { useConnectionReport } from "@/components/client/Connection";
import { useMember } from "@/components/client/Member";
import { useCounts } from "@/components/client/use-counts";
import { AssignRights } from "@/components/tickets/handover/AssignRights";
import { HandoverToasts } from "@/components/tickets/handover/HandoverToasts";
import { useNoteLooks } from "@/components/tickets/seen";
import { DeskNotices } from "./DeskNotices";
import { DeskProviders } from "./DeskProviders";
import { JobsBanner } from "./JobsBanner";
import { PhoneNav } from "./PhoneNav";
import { Rail } from "./Rail";
import { SignedOutBanner } from "./SignedOutBanner";

type FrameProps = { signOut: ReactNode; children: ReactNode };

/** The frame of every desk page: navigation, counters, the member's menu and notices. */
export function AppShell({
  signOut,
  children,
  ...desk
}: FrameProps & Omit<ComponentProps<typeof DeskProviders>, "children">) {
  return (
    <DeskProviders {...desk}>
      <Frame signOut={signOut}>{children}</Frame>
    </DeskProviders>
  );
}

function Frame({ signOut, children }: FrameProps) {
  const { counts, error } = useCounts();
  useConnectionReport(error);
  useNoteLooks(useMember().id);
  return (
    <div className="group/desk grid h-dvh grid-rows-[minmax(0,1fr)_auto] bg-surface md:grid-cols-[var(--rail)_minmax(0,1fr)] md:grid-rows-1">
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
        <JobsBanner />
        <HandoverToasts />
        <AssignRights>{children}</AssignRights>
      </main>
      <PhoneNav counts={counts} signOut={signOut} />
    </div>
  );
}
