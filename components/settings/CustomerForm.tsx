"use client";
import { useState, type SubmitEvent } from "react";
import { countCustomer } from "@/components/client/desk-api";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import type { PrivacyCounts } from "@/lib/api/vocabulary";
import { countsText, isNothing } from "./counts-text";
import { EraseForm } from "./EraseForm";
import { ExportButton } from "./ExportButton";
import { Section } from "./Section";
import { TextField } from "./TextField";

type Found = { address: string; counts: PrivacyCounts };

/** Looks up one customer, and offers to export or erase what is stored. */
export function CustomerForm() {
  const [address, setAddress] = useState("");
  const [isMissing, setIsMissing] = useState(false);
  const [answered, setAnswered] = useState<Found | null>(null);
  // The address may have changed before the answer came.
  const found = answered?.address === address.trim() ? answered : null;
  const count = useVerb({
    call: countCustomer,
    refresh: () => Promise.resolve(),
    onSettled: (outcome, asked) => setAnswered(outcome.ok ? { address: asked, ...outcome.value } : null),
  });

  function handleSubmit(event: SubmitEvent) {
    event.preventDefault();
    setAnswered(null);
    if (address.trim() === "") setIsMissing(true);
    else count.run(address.trim());
  }
  function handleChange(value: string) {
    setAddress(value);
    setIsMissing(false);
    setAnswered(null);
    count.reset();
  }
  function handleErasing(erased: string) {
    setAddress((current) => (current.trim() === erased ? "" : current));
  }
  return (
    <Section
      title="One customer"
      about="Look up an address first: nothing is changed by that. Then export everything of this customer, or erase it."
    >
      <form onSubmit={handleSubmit} className="flex flex-wrap items-end gap-2 max-md:grid">
        <TextField
          label="Customer’s address"
          type="text"
          inputMode="email"
          autoComplete="off"
          spellCheck={false}
          value={address}
          onChange={handleChange}
          className="w-80 max-w-full max-md:w-full"
        />
        <Button type="submit" size="auto" pending={count.pending !== null} pendingLabel="Looking">
          Look up
        </Button>
      </form>
      <div role="status" className="mt-2 text-ink-2 empty:mt-0">
        {isMissing ? "Enter the customer’s mail address." : verbNote(count)}
        {found && <Summary {...found} />}
      </div>
      {found && !isNothing(found.counts) && (
        <div key={found.address} className="mt-3 grid justify-items-start gap-3">
          <ExportButton address={found.address} />
          <EraseForm address={found.address} onErasing={() => handleErasing(found.address)} />
        </div>
      )}
    </Section>
  );
}

function Summary({ address, counts }: Found) {
  if (isNothing(counts)) return <p>Nothing of {address} is stored.</p>;
  return (
    <p>
      Stored of <bdi className="font-medium wrap-anywhere text-ink">{address}</bdi>: {countsText(counts)}.
    </p>
  );
}
