import { NextResponse } from "next/server";
import { takePostedMail } from "@/lib/inbound/posted-mail";
import { otherMethods } from "@/lib/http/methods";
import { withBearer } from "@/lib/http/route";

export const POST = withBearer("POST /api/emails/inbound", async (request) =>
  NextResponse.json(await takePostedMail(request), { status: 202 }),
);

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
