import nextVitals from "eslint-config-next/core-web-vitals";
import nextTypescript from "eslint-config-next/typescript";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import importX from "eslint-plugin-import-x";
import { floorZones, LAYER_ZONES } from "./scripts/lint/floors.mjs";

const CLERK_SERVER = {
  group: ["@clerk/nextjs/server", "@clerk/backend", "@clerk/backend/*"],
  message:
    "Only lib/auth and proxy.ts talk to Clerk's server side; ask getMember() from lib/auth who is there.",
};
const CLERK_COMPONENTS = {
  regex: "^@clerk/nextjs$",
  message: "Clerk's components live in components/auth; import ours from there.",
};
const PREFETCHING_LINK = {
  regex: "^next/link$",
  message: "Next's link asks for pages ahead, twice each. Use components/ui/PageLink.",
};
const PARENT = {
  regex: "^\\.\\.(/|$)",
  message:
    "A relative import stays in its own folder. Write @/… so that a reader and this linter see the room.",
};
const LEAF = {
  regex: "^@/(?!lib/api/)|server-only|^node:",
  message: "lib/api is loaded by the browser too: it imports zod and its own files, nothing else.",
};
const PLAIN_MODEL = {
  regex: "^@/lib/(?!api/vocabulary$)",
  message:
    "A model is a stored shape and its indexes; it may know lib/api/vocabulary and nothing else of lib.",
};

const restrict = (files, ...patterns) => ({
  files,
  rules: { "no-restricted-imports": ["error", { patterns: [PARENT, ...patterns] }] },
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
    // Who may import whom. The rules look at the file an import resolves to, so no spelling gets around them.
    files: ["**/*.{ts,tsx,mjs}"],
    plugins: { "import-x": importX },
    settings: {
      "import-x/extensions": [".ts", ".tsx", ".mjs"],
      "import-x/resolver-next": [createTypeScriptImportResolver()],
    },
    rules: {
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      "import-x/no-restricted-paths": [
        "error",
        { zones: [...LAYER_ZONES, ...floorZones("lib"), ...floorZones("components")] },
      ],
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
  restrict(["**/*.{ts,tsx}"]),
  restrict(["app/**", "components/**", "lib/**"], CLERK_SERVER, CLERK_COMPONENTS),
  restrict(["components/auth/**"], CLERK_SERVER),
  restrict(["components/!(auth)/**/!(PageLink).tsx"], CLERK_SERVER, CLERK_COMPONENTS, PREFETCHING_LINK),
  restrict(["lib/auth/**"], CLERK_COMPONENTS),
  restrict(["lib/api/**"], LEAF),
  restrict(["models/**"], PLAIN_MODEL),
];

export default config;
