import type { ComponentProps } from "react";
import { Banner } from "@/components/ui/Banner";
import type { IconName } from "@/components/ui/Icon";

type Props = Omit<ComponentProps<typeof Banner>, "icon"> & {
  /** A triangle where not said; null for none. */
  icon?: IconName | null;
};

/** A sentence over the reply. It stays within the composer's corners. */
export function ReplyBanner({ icon = "alert", ...rest }: Props) {
  return (
    <Banner
      icon={icon ?? undefined}
      {...rest}
      className="first:rounded-t-[9px] max-md:first:rounded-t-[13px]"
    />
  );
}
