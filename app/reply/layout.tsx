import type { ReactNode } from "react";
import { IdentityProvider } from "@/components/auth/IdentityProvider";
import { DeskProviders } from "@/components/shell/DeskProviders";
import { identitySurface, requireMember } from "@/lib/auth";
import { countTickets } from "@/lib/tickets/list";

/** The reply page has no navigation, so that it fills a phone's screen. */
export default async function ReplyLayout({ children }: { children: ReactNode }) {
  const member = await requireMember("/reply/[threadId]");
  const counts = await countTickets(member);
  return (
    <IdentityProvider surface={await identitySurface()}>
      <DeskProviders member={member} counts={counts} now={new Date().toISOString()}>
        {children}
      </DeskProviders>
    </IdentityProvider>
  );
}
