import nextVitals from "eslint-config-next/core-web-vitals";
import nextTypescript from "eslint-config-next/typescript";

// Who may import what, and why not; see docs/decisions for the map. There is no list of exceptions.
const CLERK_SERVER = {
  group: ["@clerk/nextjs/server", "@clerk/backend", "@clerk/backend/*"],
  message:
    "Only lib/auth and proxy.ts talk to Clerk's server side; ask getMember() from lib/auth who is there.",
};
const CLERK_COMPONENTS = {
  regex: "^@clerk/nextjs$",
  message: "Clerk's components live in components/auth; import ours from there.",
};
const MODELS = {
  group: ["@/models/*", "**/models/*"],
  message: "Stored shapes stay below lib. If a page or route needs data, lib/tickets is missing a read.",
};
const SERVER_LIB = {
  regex: "^@/lib/(?!tickets/(ticket|contracts)$|result$).*",
  message:
    "Components take plain props and leaves (ticket, contracts, result); the server's code must not reach the browser.",
};
const APP = { group: ["@/app/*", "@/app/**"], message: "app is the top; nothing imports from it." };
const COMPONENTS = {
  group: ["@/components/*", "@/components/**"],
  message: "lib and models know nothing of the screen.",
};
const VERBS = {
  regex: "^@/lib/tickets/(?!ticket$|contracts$).*",
  message: "A protocol speaks with plain arguments; the rule that uses it belongs in lib/tickets.",
};

const restrict = (files, ...patterns) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns }] },
});

const config = [
  { ignores: [".next/", ".data/", ".cache/", "node_modules/", "next-env.d.ts", "coverage/"] },
  ...nextVitals,
  ...nextTypescript,
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "no-nested-ternary": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
    },
  },
  {
    files: ["app/**", "components/**", "lib/**", "models/**"],
    // crash-point.ts is in no build that ships, so what it reads is no variable of the product.
    ignores: ["lib/env.ts", "lib/process/crash-point.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Only lib/env.ts reads the environment; import env() from there.",
        },
      ],
      "no-console": "error",
    },
  },
  {
    files: ["components/**/*.tsx", "app/**/*.tsx"],
    rules: {
      "react/forbid-dom-props": [
        "error",
        {
          forbid: [
            { propName: "style", message: "A strict content policy refuses inline styles; use a class." },
          ],
        },
      ],
    },
  },
  restrict(["app/**"], MODELS, CLERK_SERVER, CLERK_COMPONENTS),
  restrict(["components/**"], APP, MODELS, SERVER_LIB, CLERK_SERVER, CLERK_COMPONENTS),
  restrict(["components/auth/**"], APP, MODELS, SERVER_LIB, CLERK_SERVER),
  restrict(["lib/**"], APP, COMPONENTS, CLERK_SERVER, CLERK_COMPONENTS),
  restrict(["lib/auth/**"], APP, COMPONENTS, CLERK_COMPONENTS),
  restrict(["lib/discord/**"], APP, COMPONENTS, MODELS, VERBS, CLERK_SERVER, CLERK_COMPONENTS),
  restrict(["lib/tickets/ticket.ts", "lib/tickets/contracts.ts", "lib/result.ts"], {
    regex: "^@/|^\\.\\./|server-only|^node:",
    message: "This is a leaf that the browser loads too; it imports zod and its neighbours at most.",
  }),
  restrict(["models/**"], APP, COMPONENTS, {
    regex: "^@/lib/(?!tickets/ticket$).*",
    message: "A model is the stored shape and its indexes; it may know the vocabulary and nothing else.",
  }),
];

export default config;
