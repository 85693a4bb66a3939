"use client";
import { useEffect, useMemo } from "react";
import { z } from "zod";
import { useMember } from "@/components/client/Member";
import { useKeptText } from "@/components/ui/kept-text";
import type { Draft } from "./settings-draft";

const StoredDraft = z
  .object({ mayMembersAssign: z.boolean(), rawMailDays: z.string(), closedBodiesDays: z.string() })
  .partial();
const NOTHING: Draft = {};

/** The settings that the member has changed and not saved, kept until this tab is closed. */
export function useKeptDraft(): [Draft, (draft: Draft) => void] {
  const member = useMember();
  const [text, keep] = useKeptText(`claimdesk:settings:${member.id}`, "tab");
  const draft = useMemo(() => parsed(text), [text]);
  return [draft, (next) => keep(Object.keys(next).length === 0 ? "" : JSON.stringify(next))];
}

function parsed(text: string): Draft {
  if (text === "") return NOTHING;
  try {
    return StoredDraft.safeParse(JSON.parse(text)).data ?? NOTHING;
  } catch {
    return NOTHING;
  }
}

/** Lets the browser ask before the page is closed, as long as something is not saved. */
export function useAskBeforeClosing(isUnsaved: boolean): void {
  useEffect(() => {
    if (!isUnsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isUnsaved]);
}
