import { NextResponse } from "next/server";
import { requireMediaType } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { Refusal } from "@/lib/http/refusal";
import { withBearer } from "@/lib/http/route";
import { takePostedMail } from "@/lib/inbound/posted-mail";

const REFUSALS = {
  too_large: () =>
    new Refusal("too_large", "The mail is larger than 40 MB. Its beginning is kept in the ledger."),
  broken_off: () =>
    new Refusal("invalid_request", "The mail did not arrive complete. Send it again.", { issues: [] }),
  no_room: () =>
    new Refusal(
      "unavailable",
      "The desk takes in as many mails as it can right now. Send this one again in a moment.",
      {},
      { "retry-after": "10" },
    ),
};

export const POST = withBearer("POST /api/emails/inbound", async (request) => {
  requireMediaType(request, "message/rfc822", "Send the raw mail as message/rfc822.");
  const announcedBytes = Number(request.headers.get("content-length")) || 0;
  // The DOM's type lacks it, but Node's streams are async iterable.
  const body = request.body as AsyncIterable<Uint8Array> | null;
  const outcome = await takePostedMail(body, announcedBytes);
  if (outcome.ok) return NextResponse.json({ accepted: true, ...outcome.value }, { status: 202 });
  throw REFUSALS[outcome.failure.reason]();
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
