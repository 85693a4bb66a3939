"use client";
import type { ReactNode } from "react";
import { Avatar } from "@/components/ui/Avatar";
import { Icon, type IconName } from "@/components/ui/Icon";
import { Menu, MenuGroup, MenuIcon, MenuItem, MenuLine, MenuLink } from "@/components/ui/Menu";
import { useShortcutSwitch } from "@/components/ui/shortcuts";
import { ROLE_NAMES } from "@/lib/api/vocabulary";
import { useMember } from "@/components/client/Member";
import { HandoverMailSwitch } from "./HandoverMailSwitch";
import { phoneMenuPlaces } from "./places";
import { THEMES, useTheme, type Theme } from "./theme";

const THEME_NAMES: Record<Theme, string> = { system: "System", light: "Light", dark: "Dark" };
const THEME_ICONS: Record<Theme, IconName> = { system: "system", light: "sun", dark: "moon" };

type Props = {
  /** In the rail the button shows name and role, at the foot of a phone the avatar and "You". */
  place: "rail" | "foot";
  /** The sign-out item; it differs between Clerk and the demo. */
  signOut: ReactNode;
};

export function MemberMenu({ place, signOut }: Props) {
  const member = useMember();
  const [theme, chooseTheme] = useTheme();
  const [hasShortcuts, setShortcuts] = useShortcutSwitch();
  return (
    <Menu
      label={`Menu of ${member.name}, ${ROLE_NAMES[member.role]}`}
      side="above"
      align={place === "rail" ? "start" : "end"}
      className={place === "rail" ? "mt-2" : "grid"}
      trigger={place === "rail" ? <RailTrigger /> : <FootTrigger />}
      triggerClassName={
        place === "rail"
          ? "flex h-11 w-full items-center gap-2.5 rounded-control px-2 text-left hover:bg-hover aria-expanded:bg-nav-on"
          : "grid h-14 place-content-center justify-items-center gap-1 text-ink-3 outline-offset-[-4px] aria-expanded:text-ink"
      }
    >
      <div className="px-2.5 pt-2 pb-1.5">
        <div className="font-medium">{member.name}</div>
        <div className="max-w-60 cut text-small text-ink-3">{member.email}</div>
      </div>
      {place === "foot" && <PhonePlaces />}
      <MenuLine />
      <MenuGroup label="Theme">
        {THEMES.map((choice) => (
          <MenuItem
            key={choice}
            icon={<MenuIcon name={THEME_ICONS[choice]} />}
            isChecked={theme === choice}
            stayOpen
            onSelect={() => chooseTheme(choice)}
          >
            {THEME_NAMES[choice]}
          </MenuItem>
        ))}
      </MenuGroup>
      <MenuLine />
      <MenuItem
        icon={<MenuIcon name="keyboard" />}
        isSwitch
        isChecked={hasShortcuts}
        stayOpen
        onSelect={() => setShortcuts(!hasShortcuts)}
      >
        Keyboard shortcuts
      </MenuItem>
      {/* Nobody gives a ticket to a viewer. */}
      {member.role !== "viewer" && <HandoverMailSwitch />}
      {member.role === "admin" && (
        <MenuLink href="/dashboard/privacy" icon={<MenuIcon name="lock" />}>
          Privacy
        </MenuLink>
      )}
      <MenuLine />
      {signOut}
    </Menu>
  );
}

/** The pages that have no room in the navigation of a phone. */
function PhonePlaces() {
  const { role } = useMember();
  return (
    <>
      <MenuLine />
      {phoneMenuPlaces(role).map(({ href, name, icon }) => (
        <MenuLink key={href} href={href} icon={<MenuIcon name={icon} />}>
          {name}
        </MenuLink>
      ))}
    </>
  );
}

function RailTrigger() {
  const member = useMember();
  return (
    <>
      <Avatar member={member} size="l" />
      <span className="grid min-w-0 flex-1">
        <span className="cut leading-4 font-medium">{member.name}</span>
        <span className="text-small text-ink-3">{ROLE_NAMES[member.role]}</span>
      </span>
      <Icon name="updown" size={14} className="text-ink-3" />
    </>
  );
}

function FootTrigger() {
  const member = useMember();
  return (
    <>
      <span className="-my-px grid">
        <Avatar member={member} />
      </span>
      <span className="text-micro font-medium">You</span>
    </>
  );
}
