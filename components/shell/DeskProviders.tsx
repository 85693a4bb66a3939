"use client";
import type { ReactNode } from "react";
import { SWRConfig } from "swr";
import { COUNTS_PATH, DESK_STATUS_PATH } from "@/components/client/desk-api";
import { useDeskSwr } from "@/components/client/desk-swr";
import { NowProvider } from "@/components/ui/Now";
import { ToastProvider } from "@/components/ui/Toast";
import type { CountsResponse, DeskStatusResponse } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { ConnectionProvider } from "@/components/client/Connection";
import { LiveProvider } from "@/components/client/Live";
import { OfflineLinks } from "@/components/client/open-page";
import { MemberProvider } from "@/components/client/Member";

type Props = {
  member: TeamMember;
  /** The server's time before it read the page, ISO 8601. */
  now: string;
  /** As the server read them. */
  counts: CountsResponse;
  /** Whether cards and mail work, as the server read it; omitted on pages that do not show it. */
  status?: DeskStatusResponse;
  children: ReactNode;
};

/** The contexts of every desk page: live changes, reads, the time, the member, the connection, toasts. */
export function DeskProviders({ member, now, counts, status, children }: Props) {
  const fallback = { [COUNTS_PATH]: counts, ...(status && { [DESK_STATUS_PATH]: status }) };
  return (
    <LiveProvider memberId={member.id} now={now}>
      <Reads fallback={fallback}>
        <NowProvider now={now}>
          <MemberProvider member={member}>
            <ConnectionProvider memberId={member.id}>
              <ToastProvider>
                <OfflineLinks />
                {children}
              </ToastProvider>
            </ConnectionProvider>
          </MemberProvider>
        </NowProvider>
      </Reads>
    </LiveProvider>
  );
}

function Reads({ fallback, children }: { fallback: Record<string, unknown>; children: ReactNode }) {
  return <SWRConfig value={{ ...useDeskSwr(), fallback }}>{children}</SWRConfig>;
}
