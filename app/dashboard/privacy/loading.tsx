import { ListHeader } from "@/components/tickets/ListHeader";
import { Skeleton } from "@/components/ui/Skeleton";

export default function PrivacyLoading() {
  return (
    <>
      <ListHeader title="Privacy" order="For admins" />
      <Skeleton rows={4} label="Loading the settings" />
    </>
  );
}
