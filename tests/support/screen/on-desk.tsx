import { render } from "@testing-library/react";
import {
  AppRouterContext,
  type AppRouterInstance,
} from "next/dist/shared/lib/app-router-context.shared-runtime";
import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import type { ReactElement, ReactNode } from "react";
import { SWRConfig } from "swr";
import { DeskProviders } from "@/components/shell/DeskProviders";
import type { CountsResponse } from "@/lib/api/contracts";
import type { TeamMember, TicketSummary } from "@/lib/api/vocabulary";
import { ticketReference } from "@/lib/api/vocabulary";

export const MAYA: TeamMember = {
  id: "user_maya",
  email: "maya@team.example",
  name: "Maya Lindqvist",
  role: "admin",
};
export const PRIYA: TeamMember = {
  id: "user_priya",
  email: "priya@team.example",
  name: "Priya Nair",
  role: "member",
};
export const TOMAS: TeamMember = {
  id: "user_tomas",
  email: "tomas@team.example",
  name: "Tomás Rivera",
  role: "member",
};

export const NO_COUNTS: CountsResponse = {
  ...{ unassigned: 0, mine: 0, all: 0 },
  ...{ unassignedNeedsLook: 0, mineNeedsLook: 0, allNeedsLook: 0 },
};

type Options = { member?: TeamMember; pathname?: string; counts?: CountsResponse };

/** A router that records the addresses it was sent to. */
export function recordingRouter() {
  const visited: string[] = [];
  let refreshed = 0;
  const router: AppRouterInstance = {
    push: (href) => void visited.push(href),
    replace: (href) => void visited.push(href),
    refresh: () => void (refreshed += 1),
    back: () => {},
    forward: () => {},
    prefetch: () => {},
    bfcacheId: "0",
  };
  const WithRouter = ({ children }: { children: ReactNode }) => (
    <AppRouterContext.Provider value={router}>{children}</AppRouterContext.Provider>
  );
  return { WithRouter, visited, refreshes: () => refreshed };
}

/** Renders `ui` inside a page of the desk: signed in, with a router that records its addresses. */
export function renderOnDesk(
  ui: ReactElement,
  { member = MAYA, pathname = "/dashboard/tickets/unassigned", counts = NO_COUNTS }: Options = {},
) {
  const { WithRouter, visited, refreshes } = recordingRouter();
  const view = render(
    <SWRConfig value={{ provider: () => new Map() }}>
      <WithRouter>
        <PathnameContext.Provider value={pathname}>
          <DeskProviders member={member} now={new Date().toISOString()} counts={counts}>
            {ui}
          </DeskProviders>
        </PathnameContext.Provider>
      </WithRouter>
    </SWRConfig>,
  );
  return { ...view, visited, refreshes };
}

let made = 0;

/** A ticket as the API lists it. */
export function ticket(overrides: Partial<TicketSummary> = {}): TicketSummary {
  made += 1;
  const id = overrides._id ?? made.toString(16).padStart(24, "0");
  const at = new Date(Date.now() - 60_000).toISOString();
  return {
    _id: id,
    reference: ticketReference(id),
    from: `customer${made}@example.com`,
    fromName: `Customer ${made}`,
    subject: `Question ${made}`,
    excerpt: "Hello, I have a question.",
    status: "open",
    assignedTo: null,
    assignedToEmail: null,
    assignedToName: null,
    claimedAt: null,
    receivedAt: at,
    lastMessageAt: at,
    lastInboundAt: at,
    messageCount: 1,
    revision: 1,
    hasNewcomer: false,
    attention: null,
    waitingSince: null,
    lastMessageId: null,
    handover: null,
    givenBackTo: null,
    declined: null,
    ...overrides,
  };
}

/** The fields of a ticket that `member` holds. */
export function heldBy(member: TeamMember, claimedAt = new Date().toISOString()) {
  return { assignedTo: member.id, assignedToEmail: member.email, assignedToName: member.name, claimedAt };
}
