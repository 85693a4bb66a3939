import type { Count } from "@/lib/tickets/contracts";
import type { Role } from "@/lib/tickets/ticket";

type Props = { people: { id: string; name: string; role: Role; held: Count }[]; next: string };

/** Plain forms, so that signing in works without JavaScript. */
export function DemoPicker({ people, next }: Props) {
  return (
    <main>
      <h1>Who’s at the desk?</h1>
      <ul>
        {people.map(({ id, name, role, held }) => (
          <li key={id}>
            <form method="post" action="/api/demo/session">
              <input type="hidden" name="next" value={next} />
              <button name="member" value={id}>
                {name} {role} holds {held} tickets
              </button>
            </form>
          </li>
        ))}
      </ul>
    </main>
  );
}
