import { EmptyQuery, PreferencesRequest, type PreferencesResponse } from "@/lib/api/contracts";
import { readBody, readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { changePreferences, readPreferences } from "@/lib/team/preferences";

export const GET = withTeamMember("GET /api/team/preferences", async (request, member) => {
  readQuery(request, EmptyQuery);
  return answer<PreferencesResponse>(await readPreferences(member));
});

export const PUT = withTeamMember("PUT /api/team/preferences", async (request, member) => {
  const preferences = await readBody(request, PreferencesRequest);
  return answer<PreferencesResponse>(await changePreferences(preferences, member));
});

export const { POST, PATCH, DELETE, OPTIONS } = otherMethods("GET", "PUT");
