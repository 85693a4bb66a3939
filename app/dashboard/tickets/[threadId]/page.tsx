import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { TicketScreen } from "@/components/screens/TicketScreen";
import { requireMember } from "@/lib/auth";
import { startOfReading } from "@/lib/http/live";
import { openTicket } from "@/lib/tickets/read";

type Props = { params: Promise<{ threadId: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  await requireMember("/dashboard/tickets/[threadId]");
  await startOfReading();
  const found = await openTicket((await params).threadId);
  return { title: found ? found.ticket.subject || "No subject" : "No such ticket" };
}

export default async function TicketPage({ params }: Props) {
  await requireMember("/dashboard/tickets/[threadId]");
  const readAt = await startOfReading();
  const found = await openTicket((await params).threadId);
  if (!found) notFound();
  return <TicketScreen key={found.ticket._id} rendered={found} readAt={readAt} />;
}
