import { inject } from "vitest";

/** Signs in to the running app as a person of the demo, and returns the cookie. */
export async function demoCookie(memberId: string): Promise<string> {
  const { url } = inject("app");
  const response = await fetch(`${url}/api/demo/session`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url },
    body: new URLSearchParams({ member: memberId, next: "/dashboard/tickets" }),
  });
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}
