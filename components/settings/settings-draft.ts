import { RETENTION_DAYS_MAX, type SettingsRequest, type SettingsResponse } from "@/lib/api/contracts";

// The settings while an admin changes them: the values of the fields, and the difference to those that are set. Pure.

/** The fields as they are filled in; "" is for good. */
export type Fields = { mayMembersAssign: boolean; rawMailDays: string; closedBodiesDays: string };
/** The fields that somebody has touched. The others follow the settings. */
export type Draft = Partial<Fields>;

export const DAYS_HINT = `Enter whole days from 1 to ${RETENTION_DAYS_MAX}, or nothing to keep them for good.`;

export function fieldsOf({ retention, handover }: SettingsResponse): Fields {
  return {
    mayMembersAssign: handover.membersAssignUnassigned,
    rawMailDays: toText(retention.rawMailDays),
    closedBodiesDays: toText(retention.closedBodiesDays),
  };
}

/** The names of the fields that differ from the settings. */
export function changedFields(settings: SettingsResponse, draft: Draft): (keyof Fields)[] {
  const stored = fieldsOf(settings);
  const names: (keyof Fields)[] = ["mayMembersAssign", "rawMailDays", "closedBodiesDays"];
  return names.filter((name) => draft[name] !== undefined && trimmed(draft[name]) !== stored[name]);
}

/** The draft without the fields that are as they are set. */
export function onlyChanged(settings: SettingsResponse, draft: Draft): Draft {
  const changed: string[] = changedFields(settings, draft);
  return Object.fromEntries(Object.entries(draft).filter(([name]) => changed.includes(name)));
}

/** Each change in words, for the end of a sentence. */
export function changesInWords(settings: SettingsResponse, draft: Draft): string[] {
  const [before, after] = [fieldsOf(settings), { ...fieldsOf(settings), ...draft }];
  return changedFields(settings, draft).map((name) => {
    switch (name) {
      case "mayMembersAssign":
        return `${after[name] ? "every member" : "only an admin"} may give an unassigned ticket to somebody else`;
      case "rawMailDays":
      case "closedBodiesDays":
        return keepingInWords(name, before[name], after[name]);
    }
  });
}

/** The request for the changed parts alone. */
export function requestOf(settings: SettingsResponse, draft: Draft): SettingsRequest {
  const changed = changedFields(settings, draft);
  const { mayMembersAssign, rawMailDays, closedBodiesDays } = { ...fieldsOf(settings), ...draft };
  const isRetention = changed.some((name) => name !== "mayMembersAssign");
  return {
    ...(changed.includes("mayMembersAssign") && { handover: { membersAssignUnassigned: mayMembersAssign } }),
    ...(isRetention && {
      retention: { rawMailDays: toDays(rawMailDays), closedBodiesDays: toDays(closedBodiesDays) },
    }),
    revision: settings.revision,
  };
}

/** Each time that would be shorter, so that mails that are kept now would be removed, in words. */
export function shortenedInWords(
  { retention }: SettingsResponse,
  { retention: wanted }: SettingsRequest,
): string[] {
  if (!wanted) return [];
  return (["rawMailDays", "closedBodiesDays"] as const).flatMap((name) => {
    const [before, after] = [retention[name], wanted[name]];
    const isShorter = after !== null && (before === null || after < before);
    return isShorter ? [keepingInWords(name, toText(before), toText(after))] : [];
  });
}

const KEPT = { rawMailDays: "mails as they arrived", closedBodiesDays: "texts and files of closed tickets" };

function keepingInWords(name: keyof typeof KEPT, before: string, after: string): string {
  return `${KEPT[name]} are kept ${daysText(after)} instead of ${daysText(before)}`;
}

export function isDays(text: string): boolean {
  const days = toDays(text);
  return days === null || (/^\d+$/.test(text.trim()) && days >= 1 && days <= RETENTION_DAYS_MAX);
}

function toDays(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}

function toText(days: number | null): string {
  return days === null ? "" : String(days);
}

/** "30 days", "for good". */
export function daysText(text: string): string {
  const days = toDays(text);
  if (days === null) return "for good";
  return days === 1 ? "1 day" : `${days} days`;
}

function trimmed(value: string | boolean | undefined): string | boolean | undefined {
  return typeof value === "string" ? value.trim() : value;
}
