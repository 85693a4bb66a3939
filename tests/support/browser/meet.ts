import type { Page } from "playwright-core";

/** Does `first` before the next request of `page` to `path` reaches the desk. */
export async function beforeRequest(page: Page, path: string, first: () => Promise<unknown>): Promise<void> {
  await page.route(
    `**${path}`,
    async (route) => {
      await first();
      await route.continue();
    },
    { times: 1 },
  );
}

/** Holds the next request of each page to its path until all of them are sent, so that they reach the desk together. */
export async function sendTogether(calls: [page: Page, path: string][]): Promise<void> {
  const allSent = Promise.withResolvers<void>();
  let missing = calls.length;
  const meet = async () => {
    missing -= 1;
    if (missing === 0) allSent.resolve();
    await allSent.promise;
  };
  for (const [page, path] of calls) await beforeRequest(page, path, meet);
}
