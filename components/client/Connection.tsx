"use client";
import {
  createContext,
  use,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import { DeskError } from "./desk-api";
import { useLive } from "./Live";

export type Connection = "live" | "lost" | "signed_out" | "other_member" | "removed";

type Reports = ReadonlyMap<string, Connection>;
const Current = createContext<Connection>("live");
const Report = createContext<(id: string, connection: Connection | null) => void>(() => {});

/** Knows whether the page is up to date: by the live stream, and by how the last read of each reader below went. */
export function ConnectionProvider({ memberId, children }: { memberId: string; children: ReactNode }) {
  const [reports, setReports] = useState<Reports>(new Map());
  const isOnline = useOnline();
  const report = useCallback((id: string, connection: Connection | null) => {
    setReports((before) => {
      const after = new Map(before);
      if (connection) after.set(id, connection);
      else after.delete(id);
      return after;
    });
  }, []);
  const isUp = useLive().state !== "lost" && isOnline;
  const isReplaced = useIsReplaced(memberId);
  const connection = useMemo(
    () => (isReplaced ? "other_member" : worstOf(reports, isUp)),
    [reports, isUp, isReplaced],
  );
  useEffect(() => {
    // The page says why, and shows no customer's words any more. Drafts stay on the device.
    if (connection === "removed") window.location.replace("/not-on-team");
  }, [connection]);
  return (
    <Report value={report}>
      <Current value={connection}>{children}</Current>
    </Report>
  );
}

export function useConnection(): Connection {
  return use(Current);
}

/** Reports this component's last read: its `error` as SWR gives it, undefined if it succeeded. */
export function useConnectionReport(error: unknown): void {
  const id = useId();
  const report = use(Report);
  const connection = error === undefined ? null : connectionOf(error);
  useEffect(() => {
    report(id, connection);
    return () => report(id, null);
  }, [id, report, connection]);
}

function connectionOf(error: unknown): Connection {
  const reason = error instanceof DeskError && error.failure.kind === "refused" && error.failure.reason;
  if (reason === "not_on_team") return "removed";
  if (reason === "other_member") return "other_member";
  return reason === "unauthenticated" ? "signed_out" : "lost";
}

function worstOf(reports: Reports, isUp: boolean): Connection {
  const all = [...reports.values()];
  if (all.includes("removed")) return "removed";
  if (all.includes("other_member")) return "other_member";
  if (all.includes("signed_out")) return "signed_out";
  return !isUp || all.includes("lost") ? "lost" : "live";
}

function subscribeToOnline(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

function useOnline(): boolean {
  return useSyncExternalStore(
    subscribeToOnline,
    () => navigator.onLine,
    () => true,
  );
}

/** Whether another member has opened the desk in this browser since: every window tells the others whose it is. */
function useIsReplaced(memberId: string): boolean {
  const [isReplaced, setIsReplaced] = useState(false);
  useEffect(() => {
    if (typeof BroadcastChannel === "undefined") return;
    const channel = new BroadcastChannel("claimdesk.member");
    channel.onmessage = ({ data }: MessageEvent<unknown>) => setIsReplaced(data !== memberId);
    channel.postMessage(memberId);
    return () => channel.close();
  }, [memberId]);
  return isReplaced;
}
