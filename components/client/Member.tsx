"use client";
import { createContext, use, type ReactNode } from "react";
import type { TeamMember } from "@/lib/api/vocabulary";
import { PAGE_MEMBER } from "./desk-api";

const SignedIn = createContext<TeamMember | null>(null);

export function MemberProvider({ member, children }: { member: TeamMember; children: ReactNode }) {
  return (
    <SignedIn value={member}>
      <meta name={PAGE_MEMBER} content={member.id} />
      {children}
    </SignedIn>
  );
}

/** The signed-in member. Throws outside the pages of the desk. */
export function useMember(): TeamMember {
  const member = use(SignedIn);
  if (!member) throw new Error("useMember needs a MemberProvider above it");
  return member;
}
