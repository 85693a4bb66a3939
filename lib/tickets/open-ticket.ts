import "server-only";
import { cache } from "react";
import { connectDb } from "@/lib/store/db";
import { ThreadId, type TicketDetailResponse } from "@/lib/api/contracts";
import { readTicket } from "./read";

/** The ticket that a page's address names, read once per render; null where that is no id or nothing has it. */
export const openTicket = cache(async (id: string): Promise<TicketDetailResponse | null> => {
  const threadId = ThreadId.safeParse(id);
  if (!threadId.success) return null;
  await connectDb();
  const found = await readTicket(threadId.data);
  return found.ok ? found.value : null;
});
