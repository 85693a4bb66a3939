"use client";
import { SWRConfig } from "swr";
import { OWN_CACHE } from "@/components/client/desk-swr";
import { ListHeader } from "@/components/tickets/ListHeader";
import type { ErasuresResponse, SettingsResponse } from "@/lib/api/contracts";
import { CustomerForm } from "./CustomerForm";
import { Erasures } from "./Erasures";
import { RetentionForm } from "./RetentionForm";

type Props = {
  /** As the server read them while rendering. Without them the page loads them. */
  settings?: SettingsResponse;
  erasures?: ErasuresResponse;
};

/** How long mails are kept, and what is stored of one customer. */
export function PrivacyScreen({ settings, erasures }: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <ListHeader title="Privacy" order="For admins" />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="grid max-w-180 gap-8 px-5 py-6 max-md:px-4">
          <RetentionForm initial={settings} />
          <CustomerForm />
          <Erasures initial={erasures} />
        </div>
      </div>
    </SWRConfig>
  );
}
