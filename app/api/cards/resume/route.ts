import { EmptyQuery, type ResumeCardsResponse } from "@/lib/api/contracts";
import { resumeCards } from "@/lib/cards/resume";
import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";

export const POST = withTeamMember("POST /api/cards/resume", async (request) => {
  readQuery(request, EmptyQuery);
  const outcome = await resumeCards();
  return respond(outcome, (state): ResumeCardsResponse => ({ success: true, state }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
