import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";

// jsdom draws no dialogs; what a component relies on is that they open, close, and say that Escape was pressed.
HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
  this.setAttribute("open", "");
  this.querySelector<HTMLElement>("[autofocus], button")?.focus();
  this.addEventListener("keydown", (event) => {
    if (event.key === "Escape") this.dispatchEvent(new Event("cancel", { cancelable: true }));
  });
};
HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
  this.removeAttribute("open");
};
Element.prototype.scrollIntoView ??= () => {};

// What React or a component complains about on the console is a defect, not noise.
let complaints: unknown[][] = [];

beforeEach(() => {
  complaints = [];
  vi.spyOn(console, "error").mockImplementation((...args) => void complaints.push(args));
});

afterEach(() => {
  cleanup();
  expect(complaints).toEqual([]);
  vi.restoreAllMocks();
});
