import { parse } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer } from "@/lib/http/route";
import { withSignature } from "@/lib/http/signed";
import { ClerkEvent, handleClerkEvent, concernsTeam } from "@/lib/team/clerk-events";

export const POST = withSignature("POST /api/clerk/webhook", async (event) => {
  if (concernsTeam(event)) await handleClerkEvent(parse(event, ClerkEvent));
  return answer({ success: true });
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
