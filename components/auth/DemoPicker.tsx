import { Avatar } from "@/components/ui/Avatar";
import { Icon } from "@/components/ui/Icon";
import type { Count } from "@/lib/api/contracts";
import { ROLE_NAMES, type Role } from "@/lib/api/vocabulary";
import { Gate } from "./Gate";

type Props = { people: { id: string; name: string; role: Role; held: Count }[]; next: string };

/** Signs in as one of the demo's people. Plain forms, so that it works without JavaScript. */
export function DemoPicker({ people, next }: Props) {
  return (
    <Gate title="Who’s at the desk?" intro="This is a demo. Pick a person, no password needed.">
      <ul className="overflow-hidden rounded-card border border-line bg-surface shadow-composer">
        {people.map((person) => (
          <li
            key={person.id}
            className="group/person border-line not-first:border-t hover:bg-selected [ul:not(:hover)>&:first-child]:bg-selected"
          >
            <form method="post" action="/api/demo/session">
              <input type="hidden" name="next" value={next} />
              <button
                name="member"
                value={person.id}
                className="flex h-17 w-full items-center gap-3.5 px-5 text-left focus-visible:-outline-offset-2"
              >
                <Avatar member={person} size="xl" />
                <span className="flex-1">
                  <b className="block text-[14px]/5 font-semibold">{person.name}</b>{" "}
                  <small className="block text-small text-ink-3">
                    {ROLE_NAMES[person.role]} · {holds(person.held)}
                  </small>
                </span>
                <Icon
                  name="right"
                  className="text-ink-3 group-hover/person:text-mine [ul:not(:hover)>:first-child_&]:text-mine"
                />
              </button>
            </form>
          </li>
        ))}
      </ul>
      <p className="mt-5 flex gap-2.5 text-[12px]/[18px] text-ink-3">
        <Icon name="window" className="mt-px" />
        <span>
          Open a second window as somebody else and claim the same ticket in both. One of you gets it; the
          other sees who.
        </span>
      </p>
    </Gate>
  );
}

function holds(count: Count): string {
  if (count === 0) return "holds no tickets";
  return count === 1 ? "holds 1 ticket" : `holds ${count} tickets`;
}
