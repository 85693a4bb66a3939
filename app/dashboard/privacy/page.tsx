import type { Metadata } from "next";
import { PrivacyScreen } from "@/components/settings/PrivacyScreen";
import { requireMember } from "@/lib/auth";
import { listErasures } from "@/lib/privacy/erasure";

export const metadata: Metadata = { title: "Privacy" };

export default async function PrivacyPage() {
  await requireMember("/dashboard/privacy");
  return <PrivacyScreen erasures={{ erasures: await listErasures() }} />;
}
