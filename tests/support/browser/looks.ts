import type { Browser, Locator, Page } from "playwright-core";
import { visit, windowOf } from "./browser";

const PATHS = { Mine: "/dashboard/tickets/mine", Unassigned: "/dashboard/tickets/unassigned" };
const NAMES = { Mine: "My tickets", Unassigned: "Unassigned tickets" };
type Place = keyof typeof PATHS;

/** A list of tickets in a window, with its count in the side bar. */
export class TicketList {
  private constructor(
    readonly page: Page,
    private readonly place: Place,
  ) {}

  static async open(browser: Browser, name: string, place: Place, url?: string): Promise<TicketList> {
    const list = new TicketList(await windowOf(browser, name, PATHS[place], undefined, url), place);
    await list.isShown();
    return list;
  }

  async visit(): Promise<void> {
    await visit(this.page, PATHS[this.place]);
    await this.isShown();
  }

  row(subject: string): Locator {
    return this.list().getByRole("listitem").filter({ hasText: subject });
  }

  /** Subjects under the heading Needs a look, from the top of the list. */
  async rowsToLookAt(): Promise<string[]> {
    const items = await this.list().getByRole("listitem").all();
    const texts = await Promise.all(items.map((item) => item.innerText()));
    const end = texts.findIndex((text) => text.startsWith("Everything else"));
    if (!texts[0]?.startsWith("Needs a look")) return [];
    const rows = items.slice(1, end < 0 ? undefined : end);
    return Promise.all(rows.map((row) => row.locator("[data-act=open]").first().innerText()));
  }

  /** How many tickets need a look, as the side bar says. */
  async needingALook(): Promise<number> {
    const link = this.page
      .getByRole("navigation", { name: "Tickets" })
      .getByRole("link", { name: new RegExp(`^${this.place}`) });
    return Number(/(\d+)\s+needs? a look/.exec(await link.innerText())?.[1] ?? 0);
  }

  private list(): Locator {
    return this.page.getByRole("list", { name: NAMES[this.place] });
  }

  private async isShown(): Promise<void> {
    await this.page.getByRole("heading", { name: this.place }).first().waitFor();
    await this.page.mouse.move(1, 1); // a list under the pointer is frozen
  }
}

/** The only reply on a ticket's page. */
export class ReplyCard {
  readonly card: Locator;

  constructor(page: Page) {
    this.card = page.getByRole("article", { name: /^Reply by / });
  }

  says(text: string): Promise<void> {
    return this.card.getByText(text).first().waitFor();
  }

  /** Somebody else's words, each marked as a quotation. */
  quotations(): Promise<string[]> {
    return this.card.getByRole("blockquote").allInnerTexts();
  }
}
