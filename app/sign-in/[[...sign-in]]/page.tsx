import { DemoPicker } from "@/components/auth/DemoPicker";
import { DEMO_MEMBERS } from "@/lib/auth/demo";
import { safeLocalPath } from "@/lib/auth/local-path";
import { connectDb } from "@/lib/db";
import { countHeldBy } from "@/lib/tickets/list";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function SignInPage({ searchParams }: Props) {
  const { next } = await searchParams;
  const destination = safeLocalPath(typeof next === "string" ? next : null);
  await connectDb();
  const held = await countHeldBy(DEMO_MEMBERS.map(({ id }) => id));
  const people = DEMO_MEMBERS.map(({ id, name, role }) => ({ id, name, role, held: held.get(id) ?? 0 }));
  return <DemoPicker people={people} next={destination} />;
}
