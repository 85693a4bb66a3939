import type { Metadata } from "next";
import { NothingHere } from "@/components/shell/NothingHere";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="flex min-h-dvh bg-canvas">
      <NothingHere />
    </main>
  );
}
