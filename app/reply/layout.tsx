import type { ReactNode } from "react";
import { IdentityProvider } from "@/components/auth/IdentityProvider";
import { DeskProviders } from "@/components/shell/DeskProviders";
import { identitySurface, requireMember } from "@/lib/auth";
import { connectDb } from "@/lib/store/db";
import { countTickets } from "@/lib/tickets/list";

/** The desk without its frame: what a card's link leads to fills a phone by itself. */
export default async function ReplyLayout({ children }: { children: ReactNode }) {
  const member = await requireMember("/reply/[threadId]");
  await connectDb();
  const counts = await countTickets(member);
  return (
    <IdentityProvider surface={await identitySurface()}>
      <DeskProviders member={member} counts={counts} now={new Date().toISOString()}>
        {children}
      </DeskProviders>
    </IdentityProvider>
  );
}
