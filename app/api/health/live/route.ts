import { otherMethods } from "@/lib/http/methods";
import { answer, withErrors } from "@/lib/http/route";

export const GET = withErrors(async () => answer({ status: "live" }), { database: false });

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
