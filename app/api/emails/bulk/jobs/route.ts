import { EmptyQuery, JobRequest, type JobResponse, type JobsResponse } from "@/lib/api/contracts";
import { listJobs, requestJob } from "@/lib/bulk/jobs";
import { readBody, readQuery } from "@/lib/http/body";
import { readOperation } from "@/lib/http/idempotency-key";
import { otherMethods } from "@/lib/http/methods";
import { answer, respond, withTeamMember } from "@/lib/http/route";

export const GET = withTeamMember("GET /api/emails/bulk/jobs", async (request, member) => {
  readQuery(request, EmptyQuery);
  return answer<JobsResponse>({ jobs: await listJobs(member) });
});

export const POST = withTeamMember("POST /api/emails/bulk/jobs", async (request, member) => {
  const wanted = await readBody(request, JobRequest);
  const outcome = await requestJob(wanted, member, { op: readOperation(request, member) });
  return respond(outcome, (job): JobResponse => ({ success: true, job }), 202);
});

export const { PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET", "POST");
