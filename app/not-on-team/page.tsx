import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Gate } from "@/components/auth/Gate";
import { IdentityProvider } from "@/components/auth/IdentityProvider";
import { SignOut } from "@/components/auth/SignOut";
import { getMember, signInSettings } from "@/lib/auth";
import { HOME } from "@/lib/auth/local-path";

export const metadata: Metadata = { title: "Not on the team" };

export default async function NotOnTeamPage() {
  const identity = await getMember();
  if (identity.state === "member") redirect(HOME);
  if (identity.state === "signed_out") redirect("/sign-in");
  const settings = await signInSettings();
  return (
    <IdentityProvider settings={settings}>
      <Gate
        title="You’re not on this team"
        intro={
          <>
            You’re signed in{identity.email && <> as {identity.email}</>}, but this desk belongs to a team
            that doesn’t include you. Ask an admin to add you, or sign in with another account.
          </>
        }
      >
        <SignOut
          mode={settings.mode}
          className="mx-auto block h-9 rounded-control border border-line-strong bg-raised px-3.5 font-medium shadow-control hover:bg-hover"
        >
          Sign in as somebody else
        </SignOut>
      </Gate>
    </IdentityProvider>
  );
}
