import { NextResponse } from "next/server";
import { requireMediaType } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { Refusal } from "@/lib/http/refusal";
import { withBearer } from "@/lib/http/route";
import { takePostedMail } from "@/lib/inbound/posted-mail";

export const POST = withBearer("POST /api/emails/inbound", async (request) => {
  requireMediaType(request, "message/rfc822", "Send the raw mail as message/rfc822.");
  // The DOM's type lacks it, but Node's streams are async iterable.
  const outcome = await takePostedMail(request.body as AsyncIterable<Uint8Array> | null);
  if (outcome.ok) return NextResponse.json({ accepted: true, ...outcome.value }, { status: 202 });
  throw outcome.failure.reason === "too_large"
    ? new Refusal("too_large", "The mail is larger than 40 MB. Its beginning is kept in the ledger.")
    : new Refusal("invalid_request", "The mail did not arrive complete. Send it again.", { issues: [] });
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
