import type { Metadata } from "next";
import { LedgerScreen } from "@/components/mail/LedgerScreen";
import { readLedgerFilter } from "@/components/mail/ledger-paths";
import { requireMember } from "@/lib/auth";
import { connectDb } from "@/lib/db";
import { listLedger, summariseLedger } from "@/lib/email/ledger-list";
import { LedgerQuery } from "@/lib/tickets/contracts";

export const metadata: Metadata = { title: "Mail" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function MailPage({ searchParams }: Props) {
  await requireMember("/dashboard/mail");
  const filter = readLedgerFilter(await searchParams);
  await connectDb();
  const [initial, summary] = await Promise.all([listLedger(LedgerQuery.parse(filter)), summariseLedger()]);
  return <LedgerScreen filter={filter} initial={initial} summary={summary} />;
}
