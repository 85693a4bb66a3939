import "server-only";
import type { Types } from "mongoose";
import { aliasId } from "@/lib/mail/message-id";
import type { StoredThreadAlias } from "@/models/ThreadAliasModel";
import type { DeskAddresses } from "./desk";

/** The alias by which answers to a message find its thread. */
export function aliasOf(
  { key }: Pick<DeskAddresses, "key">,
  message: { rfcMessageId?: string | null; threadId: Types.ObjectId; at: Date },
): StoredThreadAlias {
  const { rfcMessageId, threadId, at } = message;
  return { _id: aliasId(key, rfcMessageId ?? ""), threadId, at, isStored: true };
}
