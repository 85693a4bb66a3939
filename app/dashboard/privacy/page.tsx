import type { Metadata } from "next";
import { PrivacyScreen } from "@/components/settings/PrivacyScreen";
import { requireMember } from "@/lib/auth";
import { listErasures } from "@/lib/privacy/erasure";
import { readSettings } from "@/lib/team/settings";

export const metadata: Metadata = { title: "Privacy" };

export default async function PrivacyPage() {
  await requireMember("/dashboard/privacy");
  const [settings, erasures] = await Promise.all([readSettings(), listErasures()]);
  return <PrivacyScreen settings={settings} erasures={{ erasures }} />;
}
