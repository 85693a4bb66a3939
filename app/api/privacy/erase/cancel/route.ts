import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { Refusal } from "@/lib/http/refusal";
import { answer, withTeamMember } from "@/lib/http/route";
import { cancelErasure } from "@/lib/privacy/erasure";
import { CancelErasureRequest, type ErasureResponse } from "@/lib/api/contracts";

export const POST = withTeamMember("POST /api/privacy/erase/cancel", async (request, member) => {
  const { erasureId } = await readBody(request, CancelErasureRequest);
  const erasure = await cancelErasure(erasureId, member);
  if (!erasure) throw new Refusal("not_found", "There is no such erasure.");
  return answer<ErasureResponse>({ success: true, erasure });
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
