import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";

// jsdom has no dialogs. Components need them to open, to close, and to report the Escape key.
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

// An unexpected error on the console fails the test, React's own included.
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
