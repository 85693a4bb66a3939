import "server-only";
import { cache } from "react";
import { ThreadId, type TicketDetailResponse } from "@/lib/api/contracts";
import { readTicket } from "./read";

/** The ticket of a page's address, read once per render; null if the address has no valid id or no such ticket. */
export const openTicket = cache(async (id: string): Promise<TicketDetailResponse | null> => {
  const threadId = ThreadId.safeParse(id);
  if (!threadId.success) return null;
  const found = await readTicket(threadId.data);
  return found.ok ? found.value : null;
});
