import type { Metadata } from "next";
import { SettingsScreen } from "@/components/settings/SettingsScreen";
import { requireMember } from "@/lib/auth";
import { readSettings } from "@/lib/team/settings";

export const metadata: Metadata = { title: "Settings" };

export default async function SettingsPage() {
  await requireMember("/dashboard/settings");
  return <SettingsScreen initial={await readSettings()} />;
}
