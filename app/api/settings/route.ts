import { readBody, readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { answer, respond, withTeamMember } from "@/lib/http/route";
import { changeSettings, readSettings } from "@/lib/team/settings";
import { EmptyQuery, SettingsRequest, type SettingsResponse } from "@/lib/api/contracts";

export const GET = withTeamMember("GET /api/settings", async (request) => {
  readQuery(request, EmptyQuery);
  return answer<SettingsResponse>(await readSettings());
});

export const PUT = withTeamMember("PUT /api/settings", async (request, member) => {
  const change = await readBody(request, SettingsRequest);
  const outcome = await changeSettings(change, member, readOperation(request, member));
  return respond(outcome, (settings): SettingsResponse => settings);
});

export const { POST, PATCH, DELETE, OPTIONS } = otherMethods("GET", "PUT");
