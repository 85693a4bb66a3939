import type { ReactNode } from "react";
import { IdentityProvider } from "@/components/auth/IdentityProvider";
import { SignOut } from "@/components/auth/SignOut";
import { AppShell } from "@/components/shell/AppShell";
import { Icon } from "@/components/ui/Icon";
import { MENU_ITEM } from "@/components/ui/menu-item";
import { signInSettings, requireMember } from "@/lib/auth";
import { readDeskStatus } from "@/lib/desk/status";
import { startOfReading } from "@/lib/http/live";
import { countTickets } from "@/lib/tickets/list";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const member = await requireMember("/dashboard");
  const now = await startOfReading();
  const [counts, status] = await Promise.all([countTickets(member), readDeskStatus()]);
  const settings = await signInSettings();
  const signOut = (
    <SignOut mode={settings.mode} role="menuitem" tabIndex={-1} className={MENU_ITEM}>
      <Icon name="signOut" className="text-ink-3" />
      Sign out
    </SignOut>
  );
  return (
    <IdentityProvider settings={settings}>
      <AppShell member={member} counts={counts} status={status} now={now} signOut={signOut}>
        {children}
      </AppShell>
    </IdentityProvider>
  );
}
