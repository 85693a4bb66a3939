import { redirect } from "next/navigation";
import { HOME } from "@/lib/auth/local-path";

export default function DashboardPage() {
  redirect(HOME);
}
