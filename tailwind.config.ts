import type { Config } from "tailwindcss";

// The language itself is in app/tokens.css and named for Tailwind in app/globals.css.
export default {
  content: ["./app/**/*.{ts,tsx}", "./components/**/*.{ts,tsx}"],
  darkMode: "media",
} satisfies Config;
