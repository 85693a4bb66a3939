import type { Metadata } from "next";
import { TeamScreen } from "@/components/team/TeamScreen";
import { requireMember } from "@/lib/auth";
import { readTeam } from "@/lib/team/members";

export const metadata: Metadata = { title: "Team" };

export default async function TeamPage() {
  const member = await requireMember("/dashboard/team");
  return <TeamScreen initial={await readTeam(member)} />;
}
