import { Icon } from "@/components/ui/Icon";

type Props = { hasText: boolean; isOnDevice: boolean };

/** Says whether the draft is saved. */
export function DraftMark({ hasText, isOnDevice }: Props) {
  if (!hasText) return null;
  return isOnDevice ? (
    <span className="inline-flex items-center gap-[5px] text-small whitespace-nowrap text-ink-3">
      <Icon name="check" size={14} />
      <span>
        Draft saved<span className="max-md:sr-only"> on this device</span>
      </span>
    </span>
  ) : (
    <span className="inline-flex items-center gap-[5px] text-small whitespace-nowrap text-unclaimed">
      <Icon name="alert" size={14} />
      Draft not saved, keep this page open
    </span>
  );
}
