import type { Metadata } from "next";
import { DeadLettersScreen } from "@/components/settings/DeadLettersScreen";
import { requireMember } from "@/lib/auth";
import { listDeadLetters } from "@/lib/desk/dead-letters";

export const metadata: Metadata = { title: "Stopped work" };

export default async function DeadLettersPage() {
  await requireMember("/dashboard/dead-letters");
  return <DeadLettersScreen initial={await listDeadLetters()} />;
}
