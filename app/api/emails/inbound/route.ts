import { NextResponse } from "next/server";
import { takePostedMail } from "@/lib/email/post-mail";
import { env } from "@/lib/env";
import { assertBearer } from "@/lib/http/bearer";
import { otherMethods } from "@/lib/http/methods";
import { withErrors } from "@/lib/http/route";

export const POST = withErrors(
  async (request) => {
    assertBearer(request, env().INBOUND_SECRET);
    return NextResponse.json(await takePostedMail(request), { status: 202 });
  },
  { database: false }, // a wrong token is told so whether or not it is there
);

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
