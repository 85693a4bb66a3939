import { CancelJobRequest, type JobResponse } from "@/lib/api/contracts";
import { cancelJob } from "@/lib/bulk/jobs";
import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";

export const POST = withTeamMember("POST /api/emails/bulk/jobs/cancel", async (request, member) => {
  const { jobId } = await readBody(request, CancelJobRequest);
  return respond(await cancelJob(jobId, member), (job): JobResponse => ({ success: true, job }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
