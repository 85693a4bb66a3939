"use client";
import { SWRConfig } from "swr";
import { OWN_CACHE } from "@/components/client/desk-swr";
import { ListHeader } from "@/components/tickets/ListHeader";
import { PageLink } from "@/components/ui/PageLink";
import type { ErasuresResponse } from "@/lib/api/contracts";
import { CustomerForm } from "./CustomerForm";
import { Erasures } from "./Erasures";
import { Section } from "./Section";

type Props = {
  /** As the server read them while rendering. Without them the page loads them. */
  erasures?: ErasuresResponse;
};

/** The data of one customer: to export and to erase. */
export function PrivacyScreen({ erasures }: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <ListHeader title="Privacy" order="For admins" />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="grid max-w-180 gap-8 px-5 py-6 max-md:px-4">
          <Section title="How long mails are kept">
            <p className="text-ink-2">
              That is a rule for the whole team, under{" "}
              <PageLink href="/dashboard/settings" className="font-medium text-mine hover:underline">
                Settings
              </PageLink>
              .
            </p>
          </Section>
          <CustomerForm />
          <Erasures initial={erasures} />
        </div>
      </div>
    </SWRConfig>
  );
}
