import { createElement, type FunctionComponent } from "react";
import { renderToReadableStream } from "react-dom/server";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { MemberProvider } from "@/components/client/Member";
import { HOME } from "@/lib/auth/local-path";
import { PAGES } from "@/lib/auth/access";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { FROM_OWN_PAGE } from "@/tests/support/routes/peer";
import { demoIdentity } from "@/tests/support/routes/identities";

// Next gives these two only inside a request of its own.
let requestHeaders: Record<string, string> = {};
vi.mock("next/headers", () => ({
  headers: () => Promise.resolve(new Headers({ ...FROM_OWN_PAGE, ...requestHeaders })),
}));
vi.mock(import("next/server"), async (importOriginal) => ({
  ...(await importOriginal()),
  connection: () => Promise.resolve(),
}));

type File = { default: FunctionComponent<object>; generateMetadata?: FunctionComponent<object> };
const pageFiles = import.meta.glob<File>("/app/**/page.tsx", { eager: true });
const layoutFiles = import.meta.glob<File>("/app/*/layout.tsx", { eager: true });

/** "/app/sign-in/[[...sign-in]]/page.tsx" is the page "/sign-in". */
const pageOf = (file: string) => file.replace(/^\/app|(\/\[\[.+\]\])?\/\w+\.tsx$/g, "") || "/";
const partsOf = (files: Record<string, File>) =>
  Object.entries(files).flatMap(([file, { default: whole, generateMetadata }]) =>
    [whole, ...(generateMetadata ? [generateMetadata] : [])].map((part) => ({ page: pageOf(file), part })),
  );

const table: Record<string, string> = PAGES;
// "/dashboard" has nothing of its own: it leads on to a page that asks.
const GUARDED = partsOf(pageFiles).filter(({ page }) => table[page] !== "public" && page !== "/dashboard");
const LAYOUTS = partsOf(layoutFiles);

const unread = { then: () => expect.fail("The address was read before anybody asked who is there.") };

/** Renders a part of a page, and returns the redirect or refusal of Next that it ends in. */
async function open(part: FunctionComponent<object>): Promise<string> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => void errors.push(error);
  const address = { params: unread, searchParams: unread };
  // As the layout gives it, for a page's skeleton.
  const provided = { member: demoIdentity.team.priya, children: createElement(part, address) };
  await renderToReadableStream(createElement(MemberProvider, provided), { onError }).then(
    (stream) => stream.allReady,
    () => {}, // has been told to onError
  );
  const [error] = errors;
  return error instanceof Error && "digest" in error ? String(error.digest) : `shown, or failed: ${error}`;
}

beforeAll(() => {
  demoIdentity.use();
  // As Next sets it for a desk with `authInterrupts`.
  process.env.__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS = "true";
});

test("the access table lists exactly the pages that exist", () => {
  expect(Object.keys(pageFiles).map(pageOf).sort()).toEqual(Object.keys(PAGES).sort());
});

describe("without a session", () => {
  beforeAll(() => (requestHeaders = {}));
  // Reading from the database would fail in another way than the redirect.
  beforeEach(disconnectDb);
  afterEach(() => connectDb());

  test.each([...GUARDED, ...LAYOUTS])(
    "$part.name of $page leads to the sign-in before it reads anything",
    async ({ part }) => {
      expect(await open(part)).toMatch(/^NEXT_REDIRECT;replace;\/sign-in\?next=/);
    },
  );

  test("/dashboard leads on to the first page", async () => {
    const [dashboard] = partsOf(pageFiles).filter(({ page }) => page === "/dashboard");
    expect(dashboard && (await open(dashboard.part))).toContain(`NEXT_REDIRECT;replace;${HOME};`);
  });
});

describe("with a session", () => {
  beforeAll(() => (requestHeaders = demoIdentity.headersOf("priya")));

  test.each(GUARDED)(
    "$part.name of $page is refused to a role below the page's own entry",
    async (guarded) => {
      const needed = table[guarded.page] ?? "";
      try {
        table[guarded.page] = "admin";
        expect(await open(guarded.part)).toBe("NEXT_HTTP_ERROR_FALLBACK;403");
      } finally {
        table[guarded.page] = needed;
      }
    },
  );
});
