import type { Metadata, Viewport } from "next";
import { notFound } from "next/navigation";
import { ReplyScreen } from "@/components/screens/ReplyScreen";
import { requireMember } from "@/lib/auth";
import { startOfReading } from "@/lib/http/live";
import { openTicket } from "@/lib/tickets/read";

type Props = { params: Promise<{ threadId: string }> };

/** The page shrinks above a phone's keyboard, so that Send stays in reach. */
export const viewport: Viewport = { interactiveWidget: "resizes-content" };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  await requireMember("/reply/[threadId]");
  await startOfReading();
  const found = await openTicket((await params).threadId);
  return { title: found ? `Reply: ${found.ticket.subject || "No subject"}` : "No such ticket" };
}

export default async function ReplyPage({ params }: Props) {
  await requireMember("/reply/[threadId]");
  const readAt = await startOfReading();
  const found = await openTicket((await params).threadId);
  if (!found) notFound();
  return <ReplyScreen key={found.ticket._id} rendered={found} readAt={readAt} />;
}
