import type { Metadata } from "next";
import { LedgerScreen } from "@/components/mail/LedgerScreen";
import { readLedgerFilter } from "@/components/mail/ledger-paths";
import { requireMember } from "@/lib/auth";
import { startOfReading } from "@/lib/http/live";
import { listLedger, summariseLedger } from "@/lib/inbound/ledger-list";
import { LedgerQuery } from "@/lib/api/contracts";

export const metadata: Metadata = { title: "Mail" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function MailPage({ searchParams }: Props) {
  await requireMember("/dashboard/mail");
  const filter = readLedgerFilter(await searchParams);
  const readAt = await startOfReading();
  const [initial, summary] = await Promise.all([listLedger(LedgerQuery.parse(filter)), summariseLedger()]);
  return <LedgerScreen filter={filter} initial={initial} summary={summary} readAt={readAt} />;
}
