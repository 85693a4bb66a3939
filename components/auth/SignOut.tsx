import { SignOutButton } from "@clerk/nextjs";
import type { ComponentProps } from "react";

type Props = ComponentProps<"button"> & { mode: "clerk" | "demo" };

/** Ends the session. The demo uses a plain form, so that it works without JavaScript. */
export function SignOut({ mode, children = "Sign out", ...button }: Props) {
  if (mode === "clerk") {
    return (
      <SignOutButton redirectUrl="/sign-in">
        <button {...button} type="button">
          {children}
        </button>
      </SignOutButton>
    );
  }
  return (
    <form method="post" action="/api/demo/sign-out">
      <button {...button} type="submit">
        {children}
      </button>
    </form>
  );
}
