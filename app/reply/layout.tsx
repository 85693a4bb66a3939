import type { ReactNode } from "react";
import { IdentityProvider } from "@/components/auth/IdentityProvider";
import { DeskProviders } from "@/components/shell/DeskProviders";
import { signInSettings, requireMember } from "@/lib/auth";
import { startOfReading } from "@/lib/http/live";
import { countTickets } from "@/lib/tickets/list";

/** The reply page has no navigation, so that it fills a phone's screen. */
export default async function ReplyLayout({ children }: { children: ReactNode }) {
  const member = await requireMember("/reply/[threadId]");
  const now = await startOfReading();
  const counts = await countTickets(member);
  return (
    <IdentityProvider settings={await signInSettings()}>
      <DeskProviders member={member} counts={counts} now={now}>
        {children}
      </DeskProviders>
    </IdentityProvider>
  );
}
