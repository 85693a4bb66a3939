"use client";
import { Icon } from "@/components/ui/Icon";

/** Tickets that wait until the reader asks for them, so that nothing moves under the pointer. */
export function NewRowsPill({ count, onShow }: { count: number; onShow: () => void }) {
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 top-2 z-20 flex justify-center">
      {count > 0 && (
        <button
          type="button"
          onClick={onShow}
          className="pointer-events-auto inline-flex h-8 animate-rise items-center gap-1.5 rounded-full border border-mine-line bg-mine-soft px-3 font-semibold text-mine shadow-float max-md:h-11 max-md:px-4"
        >
          <Icon name="up" size={14} />
          {count} new
        </button>
      )}
    </div>
  );
}
