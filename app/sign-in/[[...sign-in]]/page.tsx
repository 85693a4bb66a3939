import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ClerkSignIn } from "@/components/auth/ClerkSignIn";
import { DemoPicker } from "@/components/auth/DemoPicker";
import { Gate } from "@/components/auth/Gate";
import { IdentityProvider } from "@/components/auth/IdentityProvider";
import { getMember, signInSettings } from "@/lib/auth";
import { DEMO_MEMBERS } from "@/lib/auth/demo";
import { safeLocalPath } from "@/lib/auth/local-path";
import { connectDb } from "@/lib/store/db";
import { countHeldBy } from "@/lib/tickets/list";

export const metadata: Metadata = { title: "Sign in" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SignInPage({ searchParams }: Props) {
  const { next } = await searchParams;
  const destination = safeLocalPath(typeof next === "string" ? next : null);
  const identity = await getMember();
  const settings = await signInSettings();

  if (settings.mode === "demo") {
    await connectDb();
    const held = await countHeldBy(DEMO_MEMBERS.map(({ id }) => id));
    const people = DEMO_MEMBERS.map(({ id, name, role }) => ({ id, name, role, held: held.get(id) ?? 0 }));
    return <DemoPicker people={people} next={destination} />;
  }
  if (identity.state === "member") redirect(destination);
  if (identity.state === "not_on_team") redirect("/not-on-team");
  return (
    <IdentityProvider settings={settings}>
      <Gate title="Claimdesk">
        <ClerkSignIn next={destination} />
      </Gate>
    </IdentityProvider>
  );
}
