"use client";
import { useRouter } from "next/navigation";
import { useCallback, useEffect } from "react";
import { useToast } from "@/components/ui/Toast";

/**
 * Opens a page of the desk. While the window is offline it stays on this page and says so: the browser would show its own
 * error page instead, and drop what is still pending here. A desk on this machine is reached all the same.
 */
export function useOpenPage(): (href: string) => void {
  const router = useRouter();
  const showToast = useToast();
  return useCallback(
    (href: string) => {
      if (navigator.onLine) return router.push(href);
      void isDeskReachable().then((isReachable) => {
        if (isReachable) router.push(href);
        else showToast({ icon: "alert", text: "You are offline, so this page can’t be opened now." });
      });
    },
    [router, showToast],
  );
}

function isDeskReachable(): Promise<boolean> {
  return fetch("/api/health/live", { cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );
}

/** Has every link of the desk opened by `useOpenPage` while the window is offline. */
export function OfflineLinks() {
  const openPage = useOpenPage();
  useEffect(() => {
    function handleClick(event: MouseEvent) {
      if (navigator.onLine || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      const link =
        event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (!link || link.target !== "" || link.origin !== location.origin) return;
      if (link.hasAttribute("download") || link.getAttribute("href")?.startsWith("#")) return;
      event.preventDefault();
      event.stopPropagation();
      openPage(link.pathname + link.search + link.hash);
    }
    // Before Next's own links hear of it.
    window.addEventListener("click", handleClick, { capture: true });
    return () => window.removeEventListener("click", handleClick, { capture: true });
  }, [openPage]);
  return null;
}
