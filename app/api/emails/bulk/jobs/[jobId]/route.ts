import { EmptyQuery, JobPath, type JobResponse } from "@/lib/api/contracts";
import { readJob } from "@/lib/bulk/jobs";
import { readParams, readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";

export const GET = withTeamMember("GET /api/emails/bulk/jobs/[jobId]", async (request, member, context) => {
  const { jobId } = await readParams(context, JobPath);
  readQuery(request, EmptyQuery);
  return respond(await readJob(jobId, member.id), (job): JobResponse => ({ success: true, job }));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
